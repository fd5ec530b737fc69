using System.Text;
using Tidemark.Contracts.Avro;

namespace Tidemark.Contracts.Sessions;

/// <summary>The parts of a <see cref="SessionizerCommit"/> that are records and lists of records.</summary>
internal static class CommitLists
{
    private delegate T Item<out T>(ref AvroReader reader);

    public static void Write(ref AvroWriter writer, in SessionSettings settings)
    {
        writer.Long(settings.GapMs);
        writer.Long(settings.DisorderMs);
        writer.Long(settings.LatenessMs);
        writer.Long(settings.MaxDurationMs);
        writer.Long(settings.MaxEvents);
    }

    public static void Write(ref AvroWriter writer, IReadOnlyList<SkippedRange> skipped)
    {
        if (skipped.Count > 0)
            writer.Long(skipped.Count);
        foreach (var range in skipped)
        {
            writer.Long(range.Offset);
            writer.Long(range.Count);
            writer.Long((long)range.Reason);
        }
        writer.Long(0);
    }

    public static void Write(ref AvroWriter writer, IReadOnlyList<ProjectSettings> projects)
    {
        if (projects.Count > 0)
            writer.Long(projects.Count);
        foreach (var (project, settings) in projects)
        {
            writer.Bytes(Encoding.UTF8.GetBytes(project));
            Write(ref writer, settings);
        }
        writer.Long(0);
    }

    public static void Write(ref AvroWriter writer, IReadOnlyList<ProjectHorizon> horizons)
    {
        if (horizons.Count > 0)
            writer.Long(horizons.Count);
        foreach (var (project, horizon) in horizons)
        {
            writer.Bytes(Encoding.UTF8.GetBytes(project));
            writer.Long(horizon);
        }
        writer.Long(0);
    }

    public static SessionSettings ReadSettings(ref AvroReader reader) => new(reader.Long(), reader.Long(), reader.Long(), reader.Long(), reader.Int());

    public static List<SkippedRange> ReadSkipped(ref AvroReader reader) =>
        List(ref reader, static (ref AvroReader r) => new SkippedRange(r.Long(), r.Int(), (SkipReason)r.Enum(3)));

    public static List<ProjectSettings> ReadProjects(ref AvroReader reader) =>
        List(ref reader, static (ref AvroReader r) => new ProjectSettings(Encoding.UTF8.GetString(r.Bytes()), ReadSettings(ref r)));

    public static List<ProjectHorizon> ReadHorizons(ref AvroReader reader) =>
        List(ref reader, static (ref AvroReader r) => new ProjectHorizon(Encoding.UTF8.GetString(r.Bytes()), r.Long()));

    private static List<T> List<T>(ref AvroReader reader, Item<T> item)
    {
        var list = new List<T>();
        for (var block = reader.Long(); block != 0; block = reader.Long())
        {
            if (block < 0)
            {
                block = -block;
                reader.Long();
            }
            for (; block > 0; block--)
                list.Add(item(ref reader));
        }
        return list;
    }
}

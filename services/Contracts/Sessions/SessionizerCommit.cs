using Tidemark.Contracts.Avro;

namespace Tidemark.Contracts.Sessions;

/// <summary>Why an input record is not loaded as an event; the order is that of <c>sessionizer_commit.avsc</c>.</summary>
public enum SkipReason
{
    Duplicate,
    Late,
    Unreadable,
}

/// <summary>Consecutive input offsets that are not counted as events.</summary>
public readonly record struct SkippedRange(long Offset, int Count, SkipReason Reason);

/// <summary>One committed interval of an input partition; fields are documented in <c>schemas/sessionizer_commit.avsc</c>.</summary>
public sealed record SessionizerCommit
{
    /// <summary>CRC-64-AVRO of <c>sessionizer_commit.avsc</c>; a test recomputes it from the file.</summary>
    public const ulong Fingerprint = 0x4C277765864D579D;

    /// <summary>The first version, which ends with <see cref="Rules"/>.</summary>
    private const ulong WithoutProjects = 0xEF8A35CEA272A89D;

    /// <summary>The second version, which ends with <see cref="IdleProjects"/>.</summary>
    private const ulong WithoutWriter = 0xEFDF3BBB3FE383BA;

    /// <summary>Stands for "none" in <see cref="Horizon"/> and <see cref="IdleHorizon"/>.</summary>
    public const long NoHorizon = long.MinValue;

    public required string InputTopic { get; init; }

    public required int InputPartition { get; init; }

    public required long FromOffset { get; init; }

    public required long ToOffset { get; init; }

    public long Horizon { get; init; } = NoHorizon;

    public long IdleHorizon { get; init; } = NoHorizon;

    public bool Flush { get; init; }

    public IReadOnlyList<SkippedRange> Skipped { get; init; } = [];

    public SessionSettings Settings { get; init; }

    public int Rules { get; init; }

    public IReadOnlyList<ProjectSettings> Projects { get; init; } = [];

    public bool ProjectsAsBefore { get; init; }

    public IReadOnlyList<ProjectHorizon> IdleProjects { get; init; } = [];

    public string TopicId { get; init; } = "";

    public bool Begins { get; init; }

    public long Writer { get; init; }

    public long WriterBefore { get; init; }

    public long SettingsHash { get; init; }

    public static bool Is(ReadOnlySpan<byte> message) =>
        AvroReader.TryHeader(message, out var fingerprint) && fingerprint is Fingerprint or WithoutWriter or WithoutProjects;

    /// <summary>True for the versions that have <see cref="Writer"/>.</summary>
    internal static bool NamesWriter(ReadOnlySpan<byte> message) => AvroReader.TryHeader(message, out var fingerprint) && fingerprint == Fingerprint;

    public byte[] Encode()
    {
        var topic = System.Text.Encoding.UTF8.GetBytes(InputTopic);
        var id = System.Text.Encoding.UTF8.GetBytes(TopicId);
        var names = Projects.Sum(static p => p.Project.Length) + IdleProjects.Sum(static p => p.Project.Length);
        var lists = Skipped.Count * 30 + Projects.Count * 60 + IdleProjects.Count * 20 + names * 3;
        var buffer = new byte[AvroWriter.HeaderLength + topic.Length + id.Length + 2 * 5 + 23 * 10 + lists];
        var writer = new AvroWriter(buffer);
        writer.Header(Fingerprint);
        writer.Bytes(topic);
        writer.Long(InputPartition);
        writer.Long(FromOffset);
        writer.Long(ToOffset);
        writer.Long(Horizon);
        writer.Long(IdleHorizon);
        writer.Boolean(Flush);
        CommitLists.Write(ref writer, Skipped);
        CommitLists.Write(ref writer, Settings);
        writer.Long(Rules);
        CommitLists.Write(ref writer, Projects);
        writer.Boolean(ProjectsAsBefore);
        CommitLists.Write(ref writer, IdleProjects);
        writer.Bytes(id);
        writer.Boolean(Begins);
        writer.Long(Writer);
        writer.Long(WriterBefore);
        writer.Long(SettingsHash);
        return buffer[..writer.Length];
    }

    public static SessionizerCommit Decode(ReadOnlySpan<byte> message)
    {
        if (!Is(message))
            throw new InvalidDataException("not a message of sessionizer_commit.avsc");
        AvroReader.TryHeader(message, out var version);
        var reader = new AvroReader(message);
        reader.Skip(AvroWriter.HeaderLength);
        var commit = new SessionizerCommit
        {
            InputTopic = System.Text.Encoding.UTF8.GetString(reader.Bytes()),
            InputPartition = reader.Int(),
            FromOffset = reader.Long(),
            ToOffset = reader.Long(),
            Horizon = reader.Long(),
            IdleHorizon = reader.Long(),
            Flush = reader.Boolean(),
            Skipped = CommitLists.ReadSkipped(ref reader),
            Settings = CommitLists.ReadSettings(ref reader),
            Rules = reader.Int(),
        };
        if (version == WithoutProjects)
            return commit;
        commit = commit with
        {
            Projects = CommitLists.ReadProjects(ref reader),
            ProjectsAsBefore = reader.Boolean(),
            IdleProjects = CommitLists.ReadHorizons(ref reader),
        };
        if (version == WithoutWriter)
            return commit;
        return commit with
        {
            TopicId = System.Text.Encoding.UTF8.GetString(reader.Bytes()),
            Begins = reader.Boolean(),
            Writer = reader.Long(),
            WriterBefore = reader.Long(),
            SettingsHash = reader.Long(),
        };
    }
}

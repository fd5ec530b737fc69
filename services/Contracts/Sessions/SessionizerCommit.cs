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

/// <summary>The rules an interval was run with; milliseconds.</summary>
public readonly record struct SessionSettings(long GapMs, long DisorderMs, long LatenessMs, long MaxDurationMs, int MaxEvents);

/// <summary>One committed interval of an input partition; fields are documented in <c>schemas/sessionizer_commit.avsc</c>.</summary>
public sealed record SessionizerCommit
{
    /// <summary>CRC-64-AVRO of <c>sessionizer_commit.avsc</c>; a test recomputes it from the file.</summary>
    public const ulong Fingerprint = 0xEF8A35CEA272A89D;

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

    public static bool Is(ReadOnlySpan<byte> message) => AvroReader.TryHeader(message, out var fingerprint) && fingerprint == Fingerprint;

    public byte[] Encode()
    {
        var topic = System.Text.Encoding.UTF8.GetBytes(InputTopic);
        var buffer = new byte[AvroWriter.HeaderLength + topic.Length + 5 + 14 * 10 + Skipped.Count * 30];
        var writer = new AvroWriter(buffer);
        writer.Header(Fingerprint);
        writer.Bytes(topic);
        writer.Long(InputPartition);
        writer.Long(FromOffset);
        writer.Long(ToOffset);
        writer.Long(Horizon);
        writer.Long(IdleHorizon);
        writer.Boolean(Flush);
        if (Skipped.Count > 0)
        {
            writer.Long(Skipped.Count);
            foreach (var range in Skipped)
            {
                writer.Long(range.Offset);
                writer.Long(range.Count);
                writer.Long((long)range.Reason);
            }
        }
        writer.Long(0);
        writer.Long(Settings.GapMs);
        writer.Long(Settings.DisorderMs);
        writer.Long(Settings.LatenessMs);
        writer.Long(Settings.MaxDurationMs);
        writer.Long(Settings.MaxEvents);
        writer.Long(Rules);
        return buffer[..writer.Length];
    }

    public static SessionizerCommit Decode(ReadOnlySpan<byte> message)
    {
        if (!Is(message))
            throw new InvalidDataException("not a message of sessionizer_commit.avsc");
        var reader = new AvroReader(message);
        reader.Skip(AvroWriter.HeaderLength);
        return new SessionizerCommit
        {
            InputTopic = System.Text.Encoding.UTF8.GetString(reader.Bytes()),
            InputPartition = reader.Int(),
            FromOffset = reader.Long(),
            ToOffset = reader.Long(),
            Horizon = reader.Long(),
            IdleHorizon = reader.Long(),
            Flush = reader.Boolean(),
            Skipped = ReadSkipped(ref reader),
            Settings = new SessionSettings(reader.Long(), reader.Long(), reader.Long(), reader.Long(), reader.Int()),
            Rules = reader.Int(),
        };
    }

    private static List<SkippedRange> ReadSkipped(ref AvroReader reader)
    {
        var ranges = new List<SkippedRange>();
        for (var block = reader.Long(); block != 0; block = reader.Long())
        {
            if (block < 0)
            {
                block = -block;
                reader.Long();
            }
            for (; block > 0; block--)
                ranges.Add(new SkippedRange(reader.Long(), reader.Int(), (SkipReason)reader.Enum(3)));
        }
        return ranges;
    }
}

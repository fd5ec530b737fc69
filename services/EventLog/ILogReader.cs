namespace Tidemark.EventLog;

/// <summary>Reads one partition in order. Not thread safe.</summary>
public interface ILogReader : IDisposable
{
    TopicPartition Partition { get; }

    /// <summary>Offset of the next record that <see cref="ReadAsync"/> will deliver (or a smaller one, where offsets are skipped by transaction markers).</summary>
    long Position { get; }

    /// <summary>True when the last read reached the committed end of the log at that moment: there was provably nothing more.</summary>
    bool AtEnd { get; }

    /// <summary>The committed end of the partition as this reader last learnt it, at least <see cref="Position"/>; free of cost.</summary>
    long End { get; }

    /// <summary>
    /// Delivers the next records into <see cref="Records"/>; waits at most <paramref name="wait"/> for a first one. False when there was none in that time, sooner when
    /// <see cref="Position"/> moved over offsets that hold no record (transaction markers, aborted records).
    /// Throws <see cref="LogOffsetOutOfRangeException"/> or <see cref="LogCorruptException"/>.
    /// </summary>
    ValueTask<bool> ReadAsync(TimeSpan wait, CancellationToken cancellation);

    /// <summary>The records of the last read; its memory is valid until the next one.</summary>
    RecordSet Records { get; }

    /// <summary>The sampled requests among the records of the last read, for traces that go on here; mostly empty.</summary>
    IReadOnlyList<LogTrace> Traces { get; }

    void Seek(long offset);
}

using System.Buffers.Binary;

namespace Tidemark.EventLog.RocksDb.Storage;

/// <summary>
/// What the process knows of one partition. Invariant: start &lt;= end &lt;= next; everything below end is durable and visible, what lies between end and next
/// is being committed. Only the commit thread writes these.
/// </summary>
internal sealed class Partition(int index, TopicPartition id, TopicDefinition definition, nint columnFamily, byte[] keyPrefix, int tailBytes)
{
    internal const int MaxKeyLength = 12;
    private long _start;
    private long _stagedStart;
    private long _end;

    /// <summary>Place among all partitions of the log.</summary>
    internal int Index { get; } = index;

    internal TopicPartition Id { get; } = id;

    internal TopicDefinition Definition { get; } = definition;

    internal nint ColumnFamily { get; } = columnFamily;

    /// <summary>Empty where the partition has a column family of its own.</summary>
    internal ReadOnlySpan<byte> KeyPrefix => keyPrefix;

    internal int KeyLength => keyPrefix.Length + 8;

    internal TailCache Tail { get; } = new(tailBytes);

    internal DataSignal Data { get; } = new();

    internal long Start
    {
        get => Volatile.Read(ref _start);
        set => Volatile.Write(ref _start, value);
    }

    /// <summary>The start with what the running commit has staged: whoever misses a record below it must not take that for damage, it may be gone a moment before <see cref="Start"/> has moved.</summary>
    internal long StagedStart
    {
        get => Volatile.Read(ref _stagedStart);
        set => Volatile.Write(ref _stagedStart, value);
    }

    internal long End
    {
        get => Volatile.Read(ref _end);
        set => Volatile.Write(ref _end, value);
    }

    internal LogRange Range
    {
        get
        {
            // Start first: read the other way round, retention in between could show a start above the end.
            var start = Start;
            var end = End;
            return new LogRange(start, end, end);
        }
    }

    /// <summary>Committed values that the next batch continues.</summary>
    internal BatchCursor Committed { get; set; }

    /// <summary>The same with what the running commit has staged.</summary>
    internal BatchCursor Staged { get; set; }

    /// <summary>Big endian, so that byte order is offset order.</summary>
    internal ReadOnlySpan<byte> Key(long offset, Span<byte> buffer)
    {
        keyPrefix.CopyTo(buffer);
        BinaryPrimitives.WriteInt64BigEndian(buffer[keyPrefix.Length..], offset);
        return buffer[..KeyLength];
    }

    internal long OffsetOf(ReadOnlySpan<byte> key) => BinaryPrimitives.ReadInt64BigEndian(key[keyPrefix.Length..]);
}

/// <summary>Where the next batch of a partition goes: its base offset, bytes stored so far, and the time it must not go behind.</summary>
internal readonly record struct BatchCursor(long Offset, long Bytes, long AppendedMs);

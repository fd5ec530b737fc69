using System.Buffers;

namespace Tidemark.EventLog.RocksDb.Storage;

/// <summary>
/// A committed batch in memory, uncompressed. Counted references: the tail cache holds one, each reader standing on it another; the last one gives
/// memory and object back to their pools.
/// </summary>
internal sealed class TailBatch(Pool<TailBatch> pool)
{
    private byte[] _buffer = [];
    private int _bodyLength;
    private int _references;

    internal long BaseOffset { get; private set; }

    internal int Count { get; private set; }

    internal long EndOffset => BaseOffset + Count;

    internal long BaseTimestampMs { get; private set; }

    internal ReadOnlyMemory<byte> Body => _buffer.AsMemory(BatchHeader.Size, _bodyLength);

    /// <summary>Memory held, which the pool rounds up.</summary>
    internal int Footprint => _buffer.Length;

    /// <summary>Takes over a rented buffer with header and body; the caller has the first reference.</summary>
    internal void Fill(byte[] buffer, int bodyLength, long baseOffset, int count, long baseTimestampMs)
    {
        _buffer = buffer;
        _bodyLength = bodyLength;
        BaseOffset = baseOffset;
        Count = count;
        BaseTimestampMs = baseTimestampMs;
        Volatile.Write(ref _references, 1);
    }

    internal void AddReference() => Interlocked.Increment(ref _references);

    internal void Release()
    {
        if (Interlocked.Decrement(ref _references) != 0)
            return;
        var buffer = _buffer;
        _buffer = [];
        ArrayPool<byte>.Shared.Return(buffer);
        pool.GiveBack(this);
    }
}

using System.Buffers;

namespace Tidemark.EventLog.RocksDb.Reading;

/// <summary>
/// A committed batch in memory, uncompressed. Counted references: the tail cache holds one, each reader standing on it another; the last one gives
/// the memory back to the pool.
/// </summary>
internal sealed class TailBatch(byte[] buffer, int start, int length, long baseOffset, int count, long baseTimestampMs)
{
    private int _references = 1;

    internal long BaseOffset => baseOffset;

    internal int Count => count;

    internal long EndOffset => baseOffset + count;

    internal long BaseTimestampMs => baseTimestampMs;

    internal ReadOnlyMemory<byte> Body => buffer.AsMemory(start, length);

    /// <summary>Memory held, which the pool rounds up.</summary>
    internal int Footprint => buffer.Length;

    internal void AddReference() => Interlocked.Increment(ref _references);

    internal void Release()
    {
        if (Interlocked.Decrement(ref _references) == 0)
            ArrayPool<byte>.Shared.Return(buffer);
    }
}

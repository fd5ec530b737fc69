using System.Buffers;
using Tidemark.EventLog.RocksDb.Storage;

namespace Tidemark.EventLog.RocksDb.Reading;

/// <summary>
/// Stored batches fetched from the store in one go, for a reader behind the tail. They are copied out, so the cursor lives for this fetch only: no reader can pin
/// files, and none has native memory in hand when the log closes.
/// </summary>
internal sealed class ReadChunk(LogStore store, Partition partition, int chunkBytes)
{
    private readonly List<(long BaseOffset, int Start, int Length)> _batches = [];
    private byte[] _buffer = [];
    private int _length;
    private int _next;

    internal bool IsEmpty => _next == _batches.Count;

    /// <summary>The next batch as stored.</summary>
    internal ReadOnlyMemory<byte> Take(out long baseOffset)
    {
        var (offset, start, length) = _batches[_next++];
        baseOffset = offset;
        return _buffer.AsMemory(start, length);
    }

    /// <summary>Fetches from the batch that holds <paramref name="offset"/> on, up to <paramref name="end"/>.</summary>
    internal void Fetch(long offset, long end)
    {
        _batches.Clear();
        _length = 0;
        _next = 0;
        Span<byte> key = stackalloc byte[Partition.MaxKeyLength];
        using var cursor = store.Read(partition.ColumnFamily, sequential: true);
        cursor.SeekBack(partition.Key(offset, key));
        while (cursor.Valid)
        {
            var found = cursor.Key;
            if (!found.StartsWith(partition.KeyPrefix))
                break;
            var baseOffset = partition.OffsetOf(found);
            if (baseOffset >= end)
                break;
            var value = cursor.Value;
            if (_batches.Count > 0 && _length + value.Length > chunkBytes)
                return;
            Append(baseOffset, value);
            cursor.Next();
        }
        // What was fetched before a damaged place is delivered first; the next fetch begins there and reports it.
        if (_batches.Count == 0 && cursor.Error() is { } error)
            throw StoreErrors.AtRead(partition.Id, offset, error);
    }

    internal void Drop()
    {
        _batches.Clear();
        _next = 0;
        _length = 0;
        if (_buffer.Length > 0)
            ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
    }

    private void Append(long baseOffset, ReadOnlySpan<byte> value)
    {
        if (_buffer.Length - _length < value.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(chunkBytes, _length + value.Length));
            _buffer.AsSpan(0, _length).CopyTo(larger);
            if (_buffer.Length > 0)
                ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }
        value.CopyTo(_buffer.AsSpan(_length));
        _batches.Add((baseOffset, _length, value.Length));
        _length += value.Length;
    }
}

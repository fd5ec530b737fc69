using System.Buffers;

namespace Tidemark.EventLog;

/// <summary>Collects the records of one partition in the layout of <see cref="RecordSet"/>, in a pooled buffer.</summary>
public sealed class RecordSetBuilder : IDisposable
{
    private byte[] _buffer = [];

    public int Count { get; private set; }

    public int Length { get; private set; }

    public long BaseTimestampMs { get; private set; }

    public long MaxTimestampMs { get; private set; }

    public ReadOnlyMemory<byte> Data => _buffer.AsMemory(0, Length);

    public void Add(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, long timestampMs)
    {
        var most = key.Length + value.Length + 3 * Varint.MaxLength;
        if (_buffer.Length - Length < most)
            Grow(most);
        if (Count == 0)
        {
            BaseTimestampMs = timestampMs;
            MaxTimestampMs = timestampMs;
        }
        else if (timestampMs > MaxTimestampMs)
        {
            MaxTimestampMs = timestampMs;
        }
        var target = _buffer.AsSpan(Length);
        var at = Varint.Write(target, (ulong)key.Length + 1);
        key.CopyTo(target[at..]);
        at += key.Length;
        at += Varint.Write(target[at..], (ulong)value.Length);
        value.CopyTo(target[at..]);
        at += value.Length;
        at += Varint.WriteSigned(target[at..], timestampMs - BaseTimestampMs);
        Length += at;
        Count++;
    }

    /// <summary>Empties the builder and keeps its buffer.</summary>
    public void Clear()
    {
        Count = 0;
        Length = 0;
        BaseTimestampMs = 0;
        MaxTimestampMs = 0;
    }

    /// <summary>Empties the builder and gives its buffer back to the pool.</summary>
    public void Dispose()
    {
        Clear();
        if (_buffer.Length > 0)
            ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
    }

    private void Grow(int more)
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(4096, Math.Max(_buffer.Length * 2, Length + more)));
        _buffer.AsSpan(0, Length).CopyTo(larger);
        if (_buffer.Length > 0)
            ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }
}

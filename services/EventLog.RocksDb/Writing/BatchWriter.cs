using System.Buffers;
using Tidemark.EventLog.RocksDb.Storage;

namespace Tidemark.EventLog.RocksDb.Writing;

/// <summary>
/// Grows the open batch of one partition: header space, then records. The timestamps of a record set are relative to its own first record, so joining sets
/// rewrites them; where the bases are equal the bytes are copied as they are.
/// </summary>
internal sealed class BatchWriter
{
    private byte[] _buffer = [];

    internal int Count { get; private set; }

    internal int Length { get; private set; }

    internal long BaseTimestampMs { get; private set; }

    internal long MaxTimestampMs { get; private set; }

    internal Span<byte> Whole => _buffer.AsSpan(0, Length);

    internal void Open(int expectedBytes, long baseTimestampMs)
    {
        _buffer = ArrayPool<byte>.Shared.Rent(BatchHeader.Size + expectedBytes);
        Length = BatchHeader.Size;
        Count = 0;
        BaseTimestampMs = baseTimestampMs;
        MaxTimestampMs = long.MinValue;
    }

    /// <summary>Copies a whole set whose base timestamp is that of the batch.</summary>
    internal void CopyAll(ReadOnlySpan<byte> records, int count, long maxTimestampMs)
    {
        Ensure(records.Length);
        records.CopyTo(_buffer.AsSpan(Length));
        Length += records.Length;
        Count += count;
        MaxTimestampMs = Math.Max(MaxTimestampMs, maxTimestampMs);
    }

    /// <summary>Copies records one by one, from <paramref name="at"/> on, until the batch has <paramref name="maxBytes"/> or the set is done.</summary>
    internal void CopySome(ReadOnlySpan<byte> records, ref int at, long baseTimestampMs, int maxBytes)
    {
        var shift = baseTimestampMs - BaseTimestampMs;
        while (at < records.Length && Length < maxBytes)
        {
            var begin = at;
            var keyLength = (int)Varint.Read(records, ref at) - 1;
            at += Math.Max(keyLength, 0);
            var valueLength = (int)Varint.Read(records, ref at);
            at += valueLength;
            var body = records[begin..at];
            var timestamp = Varint.ReadSigned(records, ref at);

            Ensure(body.Length + Varint.MaxLength);
            body.CopyTo(_buffer.AsSpan(Length));
            Length += body.Length;
            Length += Varint.WriteSigned(_buffer.AsSpan(Length), timestamp + shift);
            MaxTimestampMs = Math.Max(MaxTimestampMs, baseTimestampMs + timestamp);
            Count++;
        }
    }

    /// <summary>Hands the memory over; the writer is empty then.</summary>
    internal byte[] Detach()
    {
        var buffer = _buffer;
        _buffer = [];
        Length = 0;
        Count = 0;
        return buffer;
    }

    private void Ensure(int more)
    {
        if (_buffer.Length - Length >= more)
            return;
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_buffer.Length * 2, Length + more));
        _buffer.AsSpan(0, Length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }
}

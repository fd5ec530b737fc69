namespace Tidemark.EventLog;

/// <summary>
/// Consecutive records of one partition in one block of memory, walked without allocation:
/// <c>foreach (var record in reader.Records)</c>. Layout of each: varint key length + 1 (0 is a null key), key, varint value length, value,
/// zigzag varint timestamp minus the set's first timestamp.
/// </summary>
public readonly struct RecordSet(ReadOnlyMemory<byte> data, long baseOffset, int count, long baseTimestampMs)
{
    public static RecordSet Empty => default;

    public int Count => count;

    public long BaseOffset => baseOffset;

    public Enumerator GetEnumerator() => new(data.Span, baseOffset, count, baseTimestampMs);

    public ref struct Enumerator(ReadOnlySpan<byte> data, long baseOffset, int count, long baseTimestampMs)
    {
        private readonly ReadOnlySpan<byte> _data = data;
        private readonly long _baseTimestampMs = baseTimestampMs;
        private long _next = baseOffset;
        private int _left = count;
        private int _at;
        private LogRecord _current;

        public readonly LogRecord Current => _current;

        public bool MoveNext()
        {
            if (_left == 0)
                return false;
            _left--;
            var keyLength = (int)Varint.Read(_data, ref _at) - 1;
            var key = keyLength > 0 ? _data.Slice(_at, keyLength) : default;
            _at += Math.Max(keyLength, 0);
            var valueLength = (int)Varint.Read(_data, ref _at);
            var value = _data.Slice(_at, valueLength);
            _at += valueLength;
            var timestamp = _baseTimestampMs + Varint.ReadSigned(_data, ref _at);
            _current = new LogRecord(_next++, timestamp, key, value);
            return true;
        }
    }
}

/// <summary>One record as a reader sees it; spans live as long as the set's memory.</summary>
public readonly ref struct LogRecord(long offset, long timestampMs, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
{
    public long Offset { get; } = offset;

    public long TimestampMs { get; } = timestampMs;

    public ReadOnlySpan<byte> Key { get; } = key;

    public ReadOnlySpan<byte> Value { get; } = value;
}

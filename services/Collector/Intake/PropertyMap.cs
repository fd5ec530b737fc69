using Tidemark.Contracts.Avro;

namespace Tidemark.Collector.Intake;

/// <summary>Builds the encoded Avro map of an event's properties in a buffer that is kept from event to event.</summary>
internal sealed class PropertyMap
{
    // The block's count stands in front of the entries and is known last; up to this many bytes are left free for it.
    private const int HeaderRoom = 5;

    private byte[] _buffer = new byte[8 << 10];
    private int _length = HeaderRoom;
    private int _count;

    internal void Clear()
    {
        _length = HeaderRoom;
        _count = 0;
    }

    /// <summary>Adds an entry whose key is <paramref name="prefix"/> followed by <paramref name="key"/>.</summary>
    internal void Add(scoped ReadOnlySpan<byte> prefix, scoped ReadOnlySpan<byte> key, scoped ReadOnlySpan<byte> value)
    {
        var keyLength = prefix.Length + key.Length;
        var most = keyLength + value.Length + 2 * HeaderRoom + 1;
        if (_buffer.Length - _length < most)
            Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, _length + most));
        var writer = new AvroWriter(_buffer.AsSpan(_length));
        writer.Long(keyLength);
        writer.Raw(prefix);
        writer.Raw(key);
        writer.Bytes(value);
        _length += writer.Length;
        _count++;
    }

    /// <summary>Adds an entry and gives its value's bytes for changes in place.</summary>
    internal Span<byte> AddAndGet(scoped ReadOnlySpan<byte> prefix, scoped ReadOnlySpan<byte> key, scoped ReadOnlySpan<byte> value)
    {
        Add(prefix, key, value);
        return _buffer.AsSpan(_length - value.Length, value.Length);
    }

    /// <summary>Whether two entries have the same name: <c>{"a.b":1,"a":{"b":2}}</c>. Uses the set, which is empty afterwards.</summary>
    internal bool HasNameTwice(KeySet names)
    {
        names.Clear();
        var reader = new AvroReader(_buffer.AsSpan(HeaderRoom, _length - HeaderRoom));
        var twice = false;
        for (var i = 0; i < _count && !twice; i++)
        {
            twice = !names.Add(0, reader.Bytes());
            reader.Bytes();
        }
        names.Clear();
        return twice;
    }

    /// <summary>Looks through the whole map: for members that hardly any event has.</summary>
    internal bool Contains(ReadOnlySpan<byte> key)
    {
        var reader = new AvroReader(_buffer.AsSpan(HeaderRoom, _length - HeaderRoom));
        for (var i = 0; i < _count; i++)
        {
            if (reader.Bytes().SequenceEqual(key))
                return true;
            reader.Bytes();
        }
        return false;
    }

    /// <summary>The encoded map, valid until the next change; empty for an empty map.</summary>
    internal ReadOnlySpan<byte> Finish()
    {
        if (_count == 0)
            return default;
        Span<byte> header = stackalloc byte[10];
        var writer = new AvroWriter(header);
        writer.Long(_count);
        var start = HeaderRoom - writer.Length;
        header[..writer.Length].CopyTo(_buffer.AsSpan(start));
        _buffer[_length] = 0;
        return _buffer.AsSpan(start, _length + 1 - start);
    }
}

using System.Buffers.Binary;
using Tidemark.Contracts.Avro;

namespace Tidemark.Sessionizer.Sessions;

/// <summary>The state of a partition as bytes: numbers as zigzag varints, texts with their length in front. The reader knows the order; nothing is named.</summary>
internal sealed class StateWriter
{
    private byte[] _buffer = [];
    private int _length;

    public ReadOnlySpan<byte> Written => _buffer.AsSpan(0, _length);

    public void Long(long value)
    {
        var writer = new AvroWriter(Room(10));
        writer.Long(value);
        _length += writer.Length;
    }

    public void Boolean(bool value) => Long(value ? 1 : 0);

    /// <summary>A number without any pattern: an id, a hash.</summary>
    public void Fixed(long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(Room(8), value);
        _length += 8;
    }

    public void Bytes(ReadOnlySpan<byte> value)
    {
        Long(value.Length);
        value.CopyTo(Room(value.Length));
        _length += value.Length;
    }

    public void Clear() => _length = 0;

    /// <summary>Gives the memory back.</summary>
    public void Release() => (_buffer, _length) = ([], 0);

    private Span<byte> Room(int bytes)
    {
        if (_buffer.Length - _length < bytes)
            Array.Resize(ref _buffer, (int)Math.Clamp(_buffer.Length * 2L, _length + (long)bytes, Array.MaxLength));
        return _buffer.AsSpan(_length);
    }
}

using System.Buffers.Binary;
using Tidemark.Contracts.Avro;

namespace Tidemark.Sessionizer.Sessions;

/// <summary>Reads what <see cref="StateWriter"/> wrote. <see cref="InvalidDataException"/> where that ends too early or cannot be.</summary>
internal sealed class StateReader(ReadOnlyMemory<byte> state)
{
    private int _at;

    public bool AtEnd => _at == state.Length;

    public long Long()
    {
        var reader = new AvroReader(state.Span[_at..]);
        var value = reader.Long();
        _at += reader.Position;
        return value;
    }

    public int Int() => Long() is >= int.MinValue and <= int.MaxValue and var value ? (int)value : throw Broken();

    /// <summary>How many of something follow, each of at least a byte.</summary>
    public int Count() => Long() is >= 0 and var count && count <= state.Length - _at ? (int)count : throw Broken();

    public bool Boolean() => Long() switch
    {
        0 => false,
        1 => true,
        _ => throw Broken(),
    };

    public long Fixed()
    {
        if (state.Length - _at < 8)
            throw Broken();
        var value = BinaryPrimitives.ReadInt64LittleEndian(state.Span[_at..]);
        _at += 8;
        return value;
    }

    /// <summary>So many of <see cref="Fixed()"/> one after the other, as they were written: little-endian. Valid as long as the state's memory.</summary>
    public ReadOnlySpan<byte> Fixed(int count)
    {
        if (count > (state.Length - _at) / 8)
            throw Broken();
        var values = state.Span.Slice(_at, count * 8);
        _at += values.Length;
        return values;
    }

    /// <summary>Valid as long as the state's memory.</summary>
    public ReadOnlySpan<byte> Bytes()
    {
        var length = Count();
        var bytes = state.Span.Slice(_at, length);
        _at += length;
        return bytes;
    }

    internal static InvalidDataException Broken() => new("the state ends too early or is damaged");
}

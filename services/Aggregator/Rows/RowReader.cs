using System.Buffers.Binary;

namespace Tidemark.Aggregator.Rows;

/// <summary>
/// Reads columns of ClickHouse's format RowBinary from a span; texts are slices of it. Bytes that end in the middle of a row make the reader short: what it gave of that row is worth
/// nothing then, and the row is read again when more has come.
/// </summary>
/// <param name="source">Rows from their first byte on.</param>
/// <param name="maps">Holds what <see cref="Map"/> gives, until the next one.</param>
public ref struct RowReader(ReadOnlySpan<byte> source, MapBlocks maps)
{
    private readonly ReadOnlySpan<byte> _source = source;

    /// <summary>Bytes read.</summary>
    public int Position { get; private set; }

    /// <summary>True when the bytes ended before the row did.</summary>
    public bool IsShort { get; private set; }

    /// <summary>String and LowCardinality(String). <see cref="InvalidDataException"/> when its length makes no sense.</summary>
    public ReadOnlySpan<byte> Text() => Take(Length());

    public byte Byte() => Take(1) is [var value] ? value : default;

    public bool Boolean() => Byte() != 0;

    /// <summary>UInt32 and Int32.</summary>
    public int Int() => Take(4) is { Length: 4 } bytes ? BinaryPrimitives.ReadInt32LittleEndian(bytes) : default;

    /// <summary>UInt64, Int64 and DateTime64.</summary>
    public long Long() => Take(8) is { Length: 8 } bytes ? BinaryPrimitives.ReadInt64LittleEndian(bytes) : default;

    /// <summary>Map of texts, as the blocks that Avro has for it.</summary>
    public ReadOnlySpan<byte> Map()
    {
        var count = Length();
        var begin = Position;
        for (var i = 0; i < 2 * count && !IsShort; i++)
            Text();
        return IsShort ? default : maps.Of(count, _source[begin..Position]);
    }

    /// <summary>A length or a count: base 128.</summary>
    internal int Length()
    {
        ulong value = 0;
        for (var shift = 0; shift < 35; shift += 7)
        {
            if (Take(1) is not [var b])
                return 0;
            value |= (ulong)(b & 0x7F) << shift;
            if (b < 0x80)
                return value <= int.MaxValue / 2 ? (int)value : throw Senseless();
        }
        throw Senseless();
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (IsShort || count > _source.Length - Position)
        {
            IsShort = true;
            return default;
        }
        Position += count;
        return _source.Slice(Position - count, count);
    }

    private static InvalidDataException Senseless() => new("a length in ClickHouse's answer makes no sense");
}

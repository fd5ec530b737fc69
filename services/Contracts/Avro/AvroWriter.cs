using System.Buffers.Binary;
using System.Text;

namespace Tidemark.Contracts.Avro;

/// <summary>
/// Writes Avro's binary encoding into a span that the caller has made large enough (each codec says how large at most). No allocation.
/// Source: Apache Avro specification 1.12, "Binary encoding" and "Single-object encoding".
/// </summary>
public ref struct AvroWriter(Span<byte> target)
{
    /// <summary>Bytes of the marker C3 01 and the fingerprint in front of every message.</summary>
    public const int HeaderLength = 10;

    private readonly Span<byte> _target = target;

    public int Length { get; private set; }

    public void Header(ulong fingerprint)
    {
        _target[Length] = 0xC3;
        _target[Length + 1] = 0x01;
        BinaryPrimitives.WriteUInt64LittleEndian(_target[(Length + 2)..], fingerprint);
        Length += HeaderLength;
    }

    /// <summary>int, long, enum index and block counts: zigzag, then base 128.</summary>
    public void Long(long value)
    {
        var zigzag = (ulong)((value << 1) ^ (value >> 63));
        // Locals: the fields would be written back for every byte.
        var target = _target;
        var at = Length;
        while (zigzag >= 0x80)
        {
            target[at++] = (byte)(zigzag | 0x80);
            zigzag >>= 7;
        }
        target[at] = (byte)zigzag;
        Length = at + 1;
    }

    public void Boolean(bool value) => _target[Length++] = value ? (byte)1 : (byte)0;

    /// <summary>string (UTF-8) and bytes.</summary>
    public void Bytes(scoped ReadOnlySpan<byte> value)
    {
        Long(value.Length);
        value.CopyTo(_target[Length..]);
        Length += value.Length;
    }

    /// <summary>string, from UTF-16.</summary>
    public void Text(string value)
    {
        var length = Encoding.UTF8.GetByteCount(value);
        Long(length);
        Encoding.UTF8.GetBytes(value, _target[Length..]);
        Length += length;
    }

    /// <summary>Array of long, in one block.</summary>
    public void Longs(scoped ReadOnlySpan<long> values)
    {
        if (!values.IsEmpty)
        {
            Long(values.Length);
            foreach (var value in values)
                Long(value);
        }
        Long(0);
    }

    /// <summary>A map by its encoded blocks, their final zero included; nothing stands for an empty map.</summary>
    public void Map(scoped ReadOnlySpan<byte> encoded)
    {
        if (encoded.IsEmpty)
            Long(0);
        else
            Raw(encoded);
    }

    /// <summary>Bytes that are encoded already, such as the blocks of a map.</summary>
    public void Raw(scoped ReadOnlySpan<byte> encoded)
    {
        encoded.CopyTo(_target[Length..]);
        Length += encoded.Length;
    }
}

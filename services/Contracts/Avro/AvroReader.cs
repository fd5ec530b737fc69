using System.Buffers.Binary;
using System.Text;

namespace Tidemark.Contracts.Avro;

/// <summary>Reads Avro's binary encoding from a span; strings come as slices of it. <see cref="InvalidDataException"/> when the bytes end early or make no sense.</summary>
public ref struct AvroReader(ReadOnlySpan<byte> source)
{
    private readonly ReadOnlySpan<byte> _source = source;

    public int Position { get; private set; }

    public readonly ReadOnlySpan<byte> Rest => _source[Position..];

    /// <summary>Reads the marker and gives the schema's fingerprint; false when this is no single-object encoding.</summary>
    public static bool TryHeader(ReadOnlySpan<byte> message, out ulong fingerprint)
    {
        fingerprint = 0;
        if (message.Length < AvroWriter.HeaderLength || message[0] != 0xC3 || message[1] != 0x01)
            return false;
        fingerprint = BinaryPrimitives.ReadUInt64LittleEndian(message[2..]);
        return true;
    }

    public void Skip(int bytes)
    {
        if ((uint)bytes > (uint)(_source.Length - Position))
            Throw("ends early");
        Position += bytes;
    }

    public long Long()
    {
        // Most are lengths and counts below 64: one byte.
        var at = Position;
        if ((uint)at < (uint)_source.Length && _source[at] is < 0x80 and var b)
        {
            Position = at + 1;
            return (b >> 1) ^ -(b & 1);
        }
        return LongerLong();
    }

    private long LongerLong()
    {
        // Place and source in locals: to store the place after each byte took longer than all the rest.
        var source = _source;
        var at = Position;
        ulong value = 0;
        for (var shift = 0; shift < 70; shift += 7)
        {
            if ((uint)at >= (uint)source.Length)
                Throw("ends early");
            var b = source[at++];
            value |= (ulong)(b & 0x7f) << shift;
            if (b < 0x80)
            {
                Position = at;
                return (long)(value >> 1) ^ -(long)(value & 1);
            }
        }
        Throw("holds a varint of more than ten bytes");
        return 0;
    }

    public int Int()
    {
        var value = Long();
        if (value is < int.MinValue or > int.MaxValue)
            Throw("has an int that is larger than one");
        return (int)value;
    }

    /// <summary>Index of an enum's symbol; <paramref name="symbols"/> is how many the schema has.</summary>
    public int Enum(int symbols)
    {
        var value = Long();
        if ((ulong)value >= (ulong)symbols)
            Throw("has an enum beyond its last symbol");
        return (int)value;
    }

    public bool Boolean()
    {
        if ((uint)Position >= (uint)_source.Length)
            Throw("ends early");
        return _source[Position++] != 0;
    }

    public ReadOnlySpan<byte> Bytes()
    {
        var length = Long();
        if ((ulong)length > (ulong)(_source.Length - Position))
            Throw("has a length that goes past its end");
        var value = _source.Slice(Position, (int)length);
        Position += (int)length;
        return value;
    }

    /// <summary>string, copied.</summary>
    public string Text() => Encoding.UTF8.GetString(Bytes());

    /// <summary>Items in the next block of an array; 0 at its end.</summary>
    public long Block()
    {
        var count = Long();
        if (count >= 0)
            return count;
        // A negative count is followed by the block's size in bytes.
        Long();
        return -count;
    }

    /// <summary>Array of long, into <paramref name="target"/>, which grows where needed; returns the part that was filled.</summary>
    public ReadOnlySpan<long> Longs(ref long[] target)
    {
        var count = 0;
        for (var block = Block(); block != 0; block = Block())
        {
            for (; block > 0; block--)
            {
                if (count == target.Length)
                    Array.Resize(ref target, Math.Max(8, count * 2));
                target[count++] = Long();
            }
        }
        return target.AsSpan(0, count);
    }

    private static void Throw(string what) => throw new InvalidDataException($"Avro data {what}");
}

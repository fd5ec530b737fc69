using System.Buffers.Binary;

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
        ulong value = 0;
        for (var shift = 0; shift < 70; shift += 7)
        {
            if ((uint)Position >= (uint)_source.Length)
                Throw("ends early");
            var b = _source[Position++];
            value |= (ulong)(b & 0x7f) << shift;
            if (b < 0x80)
                return (long)(value >> 1) ^ -(long)(value & 1);
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

    private static void Throw(string what) => throw new InvalidDataException($"Avro data {what}");
}

namespace Tidemark.EventLog;

/// <summary>LEB128 unsigned and zigzag signed integers, as in the record layout.</summary>
internal static class Varint
{
    internal const int MaxLength = 10;

    internal static ulong Read(ReadOnlySpan<byte> data, ref int at)
    {
        ulong value = 0;
        for (var shift = 0; ; shift += 7)
        {
            var b = data[at++];
            value |= (ulong)(b & 0x7f) << shift;
            if (b < 0x80)
                return value;
            if (shift > 56)
                throw new InvalidDataException("a varint of more than ten bytes");
        }
    }

    internal static long ReadSigned(ReadOnlySpan<byte> data, ref int at)
    {
        var value = Read(data, ref at);
        return (long)(value >> 1) ^ -(long)(value & 1);
    }

    internal static int Write(Span<byte> target, ulong value)
    {
        var at = 0;
        while (value >= 0x80)
        {
            target[at++] = (byte)(value | 0x80);
            value >>= 7;
        }
        target[at++] = (byte)value;
        return at;
    }

    internal static int WriteSigned(Span<byte> target, long value) => Write(target, (ulong)((value << 1) ^ (value >> 63)));
}

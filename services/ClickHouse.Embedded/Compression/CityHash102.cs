using System.Buffers.Binary;

namespace Tidemark.ClickHouse.Embedded.Compression;

/// <summary>
/// CityHash128 of version 1.0.2 (Google, 2011), which ClickHouse keeps for the checksums of its compressed blocks; later versions
/// of CityHash give other values.
/// </summary>
internal static class CityHash102
{
    const ulong K0 = 0xc3a5c85c97cb3127;
    const ulong K1 = 0xb492b66fbe98f273;
    const ulong K2 = 0x9ae16a3b2f90404f;
    const ulong K3 = 0xc949d7c7509e6557;

    /// <summary>Writes the 16 bytes as ClickHouse has them: low half first, each little endian.</summary>
    public static void Write(ReadOnlySpan<byte> data, Span<byte> target)
    {
        var (low, high) = Hash(data);
        BinaryPrimitives.WriteUInt64LittleEndian(target, low);
        BinaryPrimitives.WriteUInt64LittleEndian(target[8..], high);
    }

    public static (ulong Low, ulong High) Hash(ReadOnlySpan<byte> s) => s.Length switch
    {
        >= 16 => WithSeed(s[16..], Fetch(s, 0) ^ K3, Fetch(s, 8)),
        >= 8 => WithSeed([], Fetch(s, 0) ^ ((ulong)s.Length * K0), Fetch(s, s.Length - 8) ^ K1),
        _ => WithSeed(s, K0, K1),
    };

    static ulong Fetch(ReadOnlySpan<byte> s, int at) => BinaryPrimitives.ReadUInt64LittleEndian(s[at..]);

    static ulong Fetch32(ReadOnlySpan<byte> s, int at) => BinaryPrimitives.ReadUInt32LittleEndian(s[at..]);

    static ulong Rotate(ulong value, int shift) => ulong.RotateRight(value, shift);

    static ulong ShiftMix(ulong value) => value ^ (value >> 47);

    static ulong Len16(ulong u, ulong v)
    {
        const ulong Mul = 0x9ddfea08eb382d69;
        var a = (u ^ v) * Mul;
        a ^= a >> 47;
        var b = (v ^ a) * Mul;
        b ^= b >> 47;
        return b * Mul;
    }

    static ulong Len0To16(ReadOnlySpan<byte> s)
    {
        var length = (ulong)s.Length;
        if (length > 8)
        {
            var a = Fetch(s, 0);
            var b = Fetch(s, s.Length - 8);
            return Len16(a, Rotate(b + length, s.Length)) ^ b;
        }

        if (length >= 4)
            return Len16(length + (Fetch32(s, 0) << 3), Fetch32(s, s.Length - 4));
        if (length == 0)
            return K2;
        var y = s[0] + ((uint)s[s.Length >> 1] << 8);
        var z = (uint)s.Length + ((uint)s[^1] << 2);
        return ShiftMix((y * K2) ^ (z * K3)) * K2;
    }

    static (ulong First, ulong Second) Weak(ReadOnlySpan<byte> s, int at, ulong a, ulong b)
    {
        ulong w = Fetch(s, at), x = Fetch(s, at + 8), y = Fetch(s, at + 16), z = Fetch(s, at + 24);
        a += w;
        b = Rotate(b + a + z, 21);
        var c = a;
        a += x;
        a += y;
        b += Rotate(a, 44);
        return (a + z, b + c);
    }

    static (ulong, ulong) Murmur(ReadOnlySpan<byte> s, ulong low, ulong high)
    {
        ulong a = low, b = high, c, d;
        var left = s.Length - 16;
        if (left <= 0)
        {
            a = ShiftMix(a * K1) * K1;
            c = (b * K1) + Len0To16(s);
            d = ShiftMix(a + (s.Length >= 8 ? Fetch(s, 0) : c));
        }
        else
        {
            c = Len16(Fetch(s, s.Length - 8) + K1, a);
            d = Len16(b + (ulong)s.Length, c + Fetch(s, s.Length - 16));
            a += d;
            for (var at = 0; left > 0; at += 16, left -= 16)
            {
                a ^= ShiftMix(Fetch(s, at) * K1) * K1;
                a *= K1;
                b ^= a;
                c ^= ShiftMix(Fetch(s, at + 8) * K1) * K1;
                c *= K1;
                d ^= c;
            }
        }

        a = Len16(a, c);
        b = Len16(d, b);
        return (a ^ b, Len16(b, a));
    }

    static (ulong, ulong) WithSeed(ReadOnlySpan<byte> s, ulong low, ulong high)
    {
        if (s.Length < 128)
            return Murmur(s, low, high);
        ulong x = low, y = high, z = (ulong)s.Length * K1;
        (ulong First, ulong Second) v, w;
        v.First = (Rotate(y ^ K1, 49) * K1) + Fetch(s, 0);
        v.Second = (Rotate(v.First, 42) * K1) + Fetch(s, 8);
        w.First = (Rotate(y + z, 35) * K1) + x;
        w.Second = Rotate(x + Fetch(s, 88), 53) * K1;
        var at = 0;
        var left = s.Length;
        do
        {
            for (var half = 0; half < 2; half++, at += 64)
            {
                x = Rotate(x + y + v.First + Fetch(s, at + 16), 37) * K1;
                y = Rotate(y + v.Second + Fetch(s, at + 48), 42) * K1;
                x ^= w.Second;
                y ^= v.First;
                z = Rotate(z ^ w.First, 33);
                v = Weak(s, at, v.Second * K1, x + w.First);
                w = Weak(s, at + 32, z + w.Second, y);
                (z, x) = (x, z);
            }

            left -= 128;
        }
        while (left >= 128);

        y += (Rotate(w.First, 37) * K0) + z;
        x += Rotate(v.First + z, 49) * K0;
        for (var done = 0; done < left;)
        {
            done += 32;
            y = (Rotate(y - x, 42) * K0) + v.Second;
            w.First += Fetch(s, at + left - done + 16);
            x = (Rotate(x, 49) * K0) + w.First;
            w.First += v.First;
            v = Weak(s, at + left - done, v.First, v.Second);
        }

        x = Len16(x, v.First);
        y = Len16(y, w.First);
        return (Len16(x + v.Second, w.Second) + y, Len16(x + w.Second, y + v.Second));
    }
}

using System.Text;

namespace Tidemark.Collector.Intake;

/// <summary>
/// Takes the escapes out of a JSON string whose grammar was checked. What has no place in stored text becomes U+FFFD: NUL, and a half of a surrogate pair
/// (clients cut emoji in two); System.Text.Json throws at the latter.
/// </summary>
internal static class JsonText
{
    private const int Replacement = 0xFFFD;

    /// <summary>Writes the text and returns its length, which is at most that of <paramref name="escaped"/>; counts what it replaced.</summary>
    internal static int Unescape(ReadOnlySpan<byte> escaped, Span<byte> target, ref int replaced)
    {
        var length = 0;
        var at = 0;
        while (true)
        {
            var rest = escaped[at..];
            var plain = rest.IndexOf((byte)'\\');
            if (plain < 0)
            {
                rest.CopyTo(target[length..]);
                return length + rest.Length;
            }
            rest[..plain].CopyTo(target[length..]);
            length += plain;
            at += plain + 2;
            var mark = escaped[at - 1];
            if (mark != 'u')
            {
                target[length++] = Simple(mark);
                continue;
            }
            var rune = CodePoint(escaped, ref at, ref replaced);
            length += new Rune(rune).EncodeToUtf8(target[length..]);
        }
    }

    /// <summary>Overwrites escapes of NUL and of half pairs inside JSON text by \ufffd; the length stays.</summary>
    internal static void MendEscapes(Span<byte> json, ref int replaced)
    {
        var at = 0;
        while (true)
        {
            var next = json[at..].IndexOf((byte)'\\');
            if (next < 0)
                return;
            at += next + 2;
            if (json[at - 1] != 'u')
                continue;
            var start = at;
            var before = replaced;
            CodePoint(json, ref at, ref replaced);
            if (replaced != before)
                "fffd"u8.CopyTo(json[start..]);
        }
    }

    /// <summary>Reads the four digits at <paramref name="at"/>, and the second half of a pair when it follows.</summary>
    private static int CodePoint(ReadOnlySpan<byte> text, ref int at, ref int replaced)
    {
        var unit = Hex(text.Slice(at, 4));
        at += 4;
        if (unit is < 0xD800 or > 0xDFFF && unit != 0)
            return unit;
        if (unit is >= 0xD800 and <= 0xDBFF && text.Length - at >= 6 && text[at] == '\\' && text[at + 1] == 'u')
        {
            var second = Hex(text.Slice(at + 2, 4));
            if (second is >= 0xDC00 and <= 0xDFFF)
            {
                at += 6;
                return 0x10000 + ((unit - 0xD800) << 10) + (second - 0xDC00);
            }
        }
        replaced++;
        return Replacement;
    }

    private static int Hex(ReadOnlySpan<byte> digits)
    {
        var value = 0;
        foreach (var digit in digits)
            value = value << 4 | (digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10);
        return value;
    }

    private static byte Simple(byte mark) => mark switch
    {
        (byte)'b' => (byte)'\b',
        (byte)'f' => (byte)'\f',
        (byte)'n' => (byte)'\n',
        (byte)'r' => (byte)'\r',
        (byte)'t' => (byte)'\t',
        _ => mark,
    };
}

using System.Text.Unicode;

namespace Tidemark.Local.Import.AccessLog;

/// <summary>A quoted field of an access log with Apache's escapes: <c>\"</c>, <c>\\</c>, <c>\t</c> and its like, <c>\xhh</c>.</summary>
internal static class QuotedField
{
    /// <summary>Takes the field that begins with a quote off the text; false when its closing quote is missing.</summary>
    public static bool TryTake(scoped ref ReadOnlySpan<byte> text, out ReadOnlySpan<byte> raw)
    {
        raw = default;
        if (text.IsEmpty || text[0] != '"')
            return false;
        for (var i = 1; i < text.Length; i++)
        {
            if (text[i] == '\\')
                i++;
            else if (text[i] == '"')
            {
                raw = text[1..i];
                text = text[(i + 1)..];
                return true;
            }
        }
        return false;
    }

    /// <summary>The content with its escapes undone. Unknown escapes stay as they are written.</summary>
    public static ReadOnlySpan<byte> Unescape(ReadOnlySpan<byte> raw, ref byte[] scratch)
    {
        if (!raw.Contains((byte)'\\'))
            return raw;
        if (scratch.Length < raw.Length)
            scratch = new byte[raw.Length * 2];
        var length = 0;
        for (var i = 0; i < raw.Length; i++)
        {
            if (raw[i] != '\\' || i + 1 == raw.Length)
            {
                scratch[length++] = raw[i];
                continue;
            }
            i++;
            switch (raw[i])
            {
                case (byte)'"' or (byte)'\\':
                    scratch[length++] = raw[i];
                    break;
                case (byte)'t':
                    scratch[length++] = (byte)'\t';
                    break;
                case (byte)'n':
                    scratch[length++] = (byte)'\n';
                    break;
                case (byte)'r':
                    scratch[length++] = (byte)'\r';
                    break;
                case (byte)'v':
                    scratch[length++] = 0x0b;
                    break;
                case (byte)'b':
                    scratch[length++] = 0x08;
                    break;
                case (byte)'f':
                    scratch[length++] = 0x0c;
                    break;
                case (byte)'x' when i + 2 < raw.Length && Hex(raw[i + 1]) >= 0 && Hex(raw[i + 2]) >= 0:
                    scratch[length++] = (byte)(Hex(raw[i + 1]) << 4 | Hex(raw[i + 2]));
                    i += 2;
                    break;
                default:
                    scratch[length++] = (byte)'\\';
                    scratch[length++] = raw[i];
                    break;
            }
        }
        return scratch.AsSpan(0, length);
    }

    /// <summary>
    /// The bytes as text: unchanged when they are UTF-8 without NUL, else with every byte that is neither written as <c>\xhh</c>. So two different values stay two.
    /// </summary>
    public static ReadOnlySpan<byte> AsText(ReadOnlySpan<byte> bytes, ref byte[] scratch)
    {
        if (Utf8.IsValid(bytes) && !bytes.Contains((byte)0))
            return bytes;
        var text = new byte[bytes.Length * 4];
        var length = 0;
        while (!bytes.IsEmpty)
        {
            var valid = System.Text.Rune.DecodeFromUtf8(bytes, out var rune, out var consumed) == System.Buffers.OperationStatus.Done && rune.Value != 0;
            if (valid)
            {
                bytes[..consumed].CopyTo(text.AsSpan(length));
                length += consumed;
            }
            else
            {
                for (var i = 0; i < consumed; i++)
                {
                    text[length++] = (byte)'\\';
                    text[length++] = (byte)'x';
                    text[length++] = "0123456789abcdef"u8[bytes[i] >> 4];
                    text[length++] = "0123456789abcdef"u8[bytes[i] & 15];
                }
            }
            bytes = bytes[consumed..];
        }
        scratch = text;
        return text.AsSpan(0, length);
    }

    private static int Hex(byte b) => b switch
    {
        >= (byte)'0' and <= (byte)'9' => b - '0',
        >= (byte)'a' and <= (byte)'f' => b - 'a' + 10,
        >= (byte)'A' and <= (byte)'F' => b - 'A' + 10,
        _ => -1,
    };
}

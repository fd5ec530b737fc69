using System.Text;

namespace Tidemark.HttpHardening;

/// <summary>
/// Decodes ASCII digits as themselves and every other byte as 'x'. Kestrel 10 takes <c>Content-Length: +2</c> and <c>-0</c>, which proxies in front read otherwise
/// (request smuggling); given to it as the encoding of that header, this makes it refuse them.
/// </summary>
internal sealed class DigitsOnlyEncoding : Encoding
{
    public override int GetByteCount(char[] chars, int index, int count) => count;

    public override int GetBytes(char[] chars, int charIndex, int charCount, byte[] bytes, int byteIndex) =>
        Latin1.GetBytes(chars, charIndex, charCount, bytes, byteIndex);

    public override int GetCharCount(byte[] bytes, int index, int count) => count;

    public override int GetChars(byte[] bytes, int byteIndex, int byteCount, char[] chars, int charIndex) =>
        GetChars(bytes.AsSpan(byteIndex, byteCount), chars.AsSpan(charIndex));

    public override int GetChars(ReadOnlySpan<byte> bytes, Span<char> chars)
    {
        // A longer value than the caller has room for is no length either: it sees 20 characters and refuses more than 19.
        var count = Math.Min(bytes.Length, chars.Length);
        for (var i = 0; i < count; i++)
            chars[i] = char.IsAsciiDigit((char)bytes[i]) ? (char)bytes[i] : 'x';
        return count;
    }

    public override int GetMaxByteCount(int charCount) => charCount;

    public override int GetMaxCharCount(int byteCount) => byteCount;
}

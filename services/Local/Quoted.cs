using System.Globalization;
using System.Text;

namespace Tidemark.Local;

/// <summary>What a message repeats of somebody's file or answer: short, on one line, and without anything that could drive a terminal.</summary>
internal static class Quoted
{
    private const int LongestText = 120;

    public static string Text(string text, int longest = LongestText)
    {
        var result = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            if (result.Length >= longest)
                return result.Append('…').ToString();
            if (Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned)
                result.Append(CultureInfo.InvariantCulture, $"\\u{rune.Value:x4}");
            else
                result.Append(rune);
        }
        return result.ToString();
    }

    public static string Bytes(ReadOnlySpan<byte> utf8, int longest = LongestText) =>
        Text(Encoding.UTF8.GetString(utf8[..Math.Min(utf8.Length, longest * 4)]), longest);
}

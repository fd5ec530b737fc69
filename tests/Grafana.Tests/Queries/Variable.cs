using System.Globalization;
using System.Text;

namespace Tidemark.Grafana.Tests.Queries;

/// <summary>A dashboard's variable with what is chosen, and the ways in which a query can ask for it.</summary>
/// <param name="Chosen">The values; of a variable that takes one, one. With <paramref name="All"/> every option there is.</param>
internal sealed record Variable(string Name, IReadOnlyList<string> Chosen, bool Multi, bool All = false)
{
    internal string Format(string? format) => format switch
    {
        // Doubled quotes, a backslash before double ones; a backslash of the value stays as it is.
        "sqlstring" => string.Join(',', Chosen.Select(value => $"'{value.Replace("'", "''", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}'")),
        "percentencode" => Encode(Multi ? $"{{{string.Join(',', Chosen)}}}" : Chosen[0]),
        // The plugin's own way for a variable without a format: a list is quoted, one value stays bare.
        null => Multi ? $"'{string.Join("','", Chosen)}'" : Chosen[0],
        _ => throw new NotSupportedException($"format {format}"),
    };

    /// <summary>encodeURIComponent, and the five characters that it leaves.</summary>
    private static string Encode(string text)
    {
        var encoded = new StringBuilder();
        foreach (var b in Encoding.UTF8.GetBytes(text))
        {
            if (char.IsAsciiLetterOrDigit((char)b) || b is (byte)'-' or (byte)'_' or (byte)'.' or (byte)'~')
                encoded.Append((char)b);
            else
                encoded.Append(CultureInfo.InvariantCulture, $"%{b:X2}");
        }
        return encoded.ToString();
    }
}

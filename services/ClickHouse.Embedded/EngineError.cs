using System.Globalization;
using System.Text.RegularExpressions;

namespace Tidemark.ClickHouse.Embedded;

/// <summary>An error as ClickHouse's clients know it: number, name and text.</summary>
internal sealed partial class EngineErrorException(int code, string text) : Exception(text)
{
    /// <summary>The number in ClickHouse's table of errors.</summary>
    public int Code { get; } = code;

    /// <summary>An error of this door, in the engine's words.</summary>
    public static EngineErrorException Of(int code, string name, string text) => new(code, $"Code: {code}. DB::Exception: {text} ({name})");

    /// <summary>
    /// The engine's text with what its wrapping repeats taken off: <c>Code: 73. DB::Exception: Code: 73. DB::Exception: …
    /// (UNKNOWN_FORMAT) (version 26.7.2.1). (UNKNOWN_FORMAT)</c>.
    /// </summary>
    public static EngineErrorException Parse(string text)
    {
        var code = 1002;
        var rest = text.AsSpan().Trim();
        while (Prefix().Match(rest.ToString()) is { Success: true } match)
        {
            code = int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture);
            rest = rest[match.Length..];
        }

        string? name = null;
        while (Suffix().Match(rest.ToString()) is { Success: true } match)
        {
            if (match.Groups[1].Success)
                name = match.Groups[1].Value;
            rest = rest[..match.Index];
        }

        var sentence = rest.ToString();
        var end = sentence.EndsWith('.') || sentence.Length == 0 ? "" : ".";
        return new EngineErrorException(code, $"Code: {code}. DB::Exception: {sentence}{end}{(name is null ? "" : $" ({name})")}");
    }

    [GeneratedRegex(@"^Code: (\d+)\. DB::Exception: ")]
    private static partial Regex Prefix();

    // At the very end: "(NAME)", "(version 26.7.2.1)" or "(version 26.7.2.1 (official build))", each with or without a full stop.
    [GeneratedRegex(@"\.?\s*(?:\(([A-Z][A-Z0-9_]+)\)|\(version [0-9.]+(?: \([a-z ]+\))?\))\.?\s*\z")]
    private static partial Regex Suffix();
}

namespace Tidemark.ClickHouse.Embedded.Formats;

/// <summary>The engine's output formats: their content types, and which of them can be put together from separately formatted parts.</summary>
internal sealed class OutputFormats
{
    // The engine formats every chunk of a stream as a document of its own; only these have no head, foot or separator.
    static readonly HashSet<string> _sequences = new(StringComparer.OrdinalIgnoreCase)
    {
        "CSV", "JSONCompactEachRow", "JSONCompactStringsEachRow", "JSONEachRow", "JSONL", "JSONLines", "JSONStringsEachRow", "NDJSON", "MsgPack", "Native",
        "Raw", "RowBinary", "TabSeparated", "TabSeparatedRaw", "TSKV", "TSV", "TSVRaw",
    };

    readonly Dictionary<string, string> _contentTypes = new(StringComparer.OrdinalIgnoreCase);

    /// <param name="table">Lines of name, tab, content type.</param>
    public OutputFormats(string table)
    {
        foreach (var line in table.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var tab = line.IndexOf('\t', StringComparison.Ordinal);
            _contentTypes[line[..tab]] = line[(tab + 1)..];
        }
    }

    public string ContentType(string format) => _contentTypes.GetValueOrDefault(format, "text/plain; charset=UTF-8");

    /// <summary>Whether it is the name of a format, and nothing else.</summary>
    public bool Knows(string format) => _contentTypes.ContainsKey(format);

    /// <summary>Whether chunks formatted one by one can be sent one after the other.</summary>
    public static bool IsSequence(string format) => _sequences.Contains(format);
}

namespace Tidemark.ClickHouse.Embedded.Sql;

/// <summary>
/// Functions that reach outside of the database: every table function the engine has but those that only make or rearrange
/// rows. The engine's grants refuse most of them, but not executable, deltaLake and what its next version brings; the scalar
/// function file is not covered by any grant.
/// </summary>
internal sealed class SourceFunctions(IEnumerable<string> tableFunctions)
{
    static readonly string[] _harmless =
    [
        "dictionary", "format", "fuzzJSON", "fuzzQuery", "generateRandom", "generateSeries", "generate_series", "input", "loop", "merge",
        "mergeTreeAnalyzeIndexes", "mergeTreeAnalyzeIndexesUUID", "mergeTreeIndex", "mergeTreeProjection", "mergeTreeTextIndex", "null",
        "numbers", "numbers_mt", "primes", "SQLStandardValues", "timeSeriesData", "timeSeriesMetrics", "timeSeriesSamples",
        "timeSeriesSelector", "timeSeriesTags", "values", "view", "viewExplain", "viewIfPermitted", "zeros", "zeros_mt",
    ];

    readonly HashSet<string> _sources = new([.. tableFunctions.Except(_harmless, StringComparer.OrdinalIgnoreCase), "file", "catboostEvaluate"],
        StringComparer.OrdinalIgnoreCase);

    /// <summary>The first such function in a tree as EXPLAIN AST prints it, or null.</summary>
    public string? FindIn(string[] tree)
    {
        foreach (var line in tree)
        {
            var node = line.AsSpan().TrimStart(' ');
            if (!node.StartsWith("Function "))
                continue;
            var name = node["Function ".Length..];
            var space = name.IndexOf(' ');
            var function = (space < 0 ? name : name[..space]).ToString();
            if (_sources.Contains(function))
                return function;
        }

        return null;
    }

    /// <summary>Whether a call of one stands in a text of values, which no tree shows: VALUES takes expressions.</summary>
    public bool StandsIn(ReadOnlySpan<byte> values)
    {
        var lexer = new SqlLexer(values);
        SqlToken previous = default;
        for (var token = lexer.Next(); token.Kind != SqlTokenKind.End; (previous, token) = (token, lexer.Next()))
            if (lexer.IsSymbol(token, '(') && previous.Kind is SqlTokenKind.Word or SqlTokenKind.QuotedIdentifier
                && _sources.Contains(System.Text.Encoding.UTF8.GetString(values[previous.Start..previous.End]).Trim('`', '"')))
                return true;
        return false;
    }
}

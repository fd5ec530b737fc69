using System.Collections.Frozen;

namespace Tidemark.ClickHouse.Embedded.Sql;

/// <summary>
/// Functions that reach outside of the database: every function and table function of the running engine but those that were reviewed and only
/// compute, make or rearrange rows (<c>reviewed-functions.txt</c>). So what the engine's next version brings is refused until somebody has looked at it.
/// The engine's grants refuse most of the table functions, but not executable and deltaLake, and the scalar function file is not covered by any grant.
/// </summary>
internal sealed class SourceFunctions
{
    // With a host these two connect to it; with a database, a table and a column they look here.
    const string ColumnLookup = "hasColumnInTable";
    const int LocalArguments = 3;

    static readonly string[] _tableFunctions =
    [
        "dictionary", "format", "fuzzJSON", "fuzzQuery", "generateRandom", "generateSeries", "generate_series", "input", "loop", "merge",
        "mergeTreeAnalyzeIndexes", "mergeTreeAnalyzeIndexesUUID", "mergeTreeIndex", "mergeTreeProjection", "mergeTreeTextIndex", "null",
        "numbers", "numbers_mt", "primes", "SQLStandardValues", "timeSeriesData", "timeSeriesMetrics", "timeSeriesSamples",
        "timeSeriesSelector", "timeSeriesTags", "values", "view", "viewExplain", "viewIfPermitted", "zeros", "zeros_mt",
    ];

    // Sources of a dictionary are functions in the tree too.
    static readonly string[] _dictionarySources = ["null"];

    readonly FrozenSet<string> _sources;

    /// <param name="functions">Names of system.functions and system.table_functions.</param>
    public SourceFunctions(IEnumerable<string> functions) =>
        _sources = functions.Concat(["clickhouse", "file", "catboostEvaluate", "url", "http", "executable", "executable_pool", "mysql", "postgresql", "mongodb", "redis", "odbc", "library", "cassandra", "ytsaurus", "disk"])
            .Except(Reviewed.Concat(_tableFunctions).Concat(_dictionarySources), StringComparer.OrdinalIgnoreCase)
            .ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>The functions that were looked at: they reach nothing outside.</summary>
    public static IReadOnlyList<string> Reviewed { get; } = ReadReviewed();

    /// <summary>The first such function in a tree, or null.</summary>
    public string? FindIn(StatementTree tree)
    {
        foreach (var (name, arguments) in tree.Functions())
            if (_sources.Contains(name) || (arguments > LocalArguments && name.Equals(ColumnLookup, StringComparison.OrdinalIgnoreCase)))
                return name;
        return null;
    }

    static string[] ReadReviewed()
    {
        using var stream = typeof(SourceFunctions).Assembly.GetManifestResourceStream("reviewed-functions.txt")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries);
    }
}

using System.Collections.Frozen;
using System.Text.RegularExpressions;

namespace Tidemark.ClickHouse.Embedded.Sql;

/// <summary>
/// Functions that reach outside of the database: every function and table function of the running engine but those that were reviewed and only
/// compute, make or rearrange rows (<c>reviewed-functions.txt</c>). So what the engine's next version brings is refused until somebody has looked at it.
/// The engine's grants refuse most of the table functions, but not executable and deltaLake, and the scalar function file is not covered by any grant.
/// </summary>
internal sealed partial class SourceFunctions
{
    // With a host these two connect to it; with a database, a table and a column they look here.
    const string ColumnLookup = "hasColumnInTable";
    const int LocalArguments = 3;

    // system.models: reading it starts another program, the library bridge.
    const string Models = "models";

    static readonly string[] _tableFunctions =
    [
        "dictionary", "format", "fuzzJSON", "fuzzQuery", "generateRandom", "generateSeries", "generate_series", "loop", "merge",
        "mergeTreeAnalyzeIndexes", "mergeTreeAnalyzeIndexesUUID", "mergeTreeIndex", "mergeTreeProjection", "mergeTreeTextIndex", "null",
        "numbers", "numbers_mt", "primes", "SQLStandardValues", "timeSeriesData", "timeSeriesMetrics", "timeSeriesSamples",
        "timeSeriesSelector", "timeSeriesTags", "values", "view", "viewExplain", "viewIfPermitted", "zeros", "zeros_mt",
    ];

    // Sources of a dictionary are functions in the tree too, and so is a disk.
    static readonly string[] _sourceNames = ["clickhouse", "url", "http", "executable", "executable_pool", "mysql", "postgresql", "mongodb", "redis", "odbc", "library", "cassandra", "ytsaurus", "disk"];

    static readonly string[] _dictionarySources = ["null"];

    // Functions that take the names and types of columns as a text.
    static readonly FrozenSet<string> _withStructure = FrozenSet.Create(StringComparer.OrdinalIgnoreCase, ["format", "values", "SQLStandardValues", "generateRandom", "null", "input", "fuzzJSON"]);

    // What else may stand beside that text: names of formats, rows, numbers.
    static readonly string[] _plainArguments = ["Literal ", "Identifier ", "Function tuple ", "Function array ", "Function negate "];

    readonly FrozenSet<string> _sources;
    readonly FrozenSet<string> _scalars;

    /// <param name="functions">Names of system.functions and system.table_functions.</param>
    /// <param name="tableFunctions">Names of system.table_functions.</param>
    public SourceFunctions(IEnumerable<string> functions, IEnumerable<string> tableFunctions)
    {
        _sources = functions.Concat([.. _sourceNames, "file", "catboostEvaluate"])
            .Except(Reviewed.Concat(_tableFunctions).Concat(_dictionarySources), StringComparer.OrdinalIgnoreCase)
            .ToFrozenSet(StringComparer.OrdinalIgnoreCase);
        _scalars = _sources.Except(tableFunctions, StringComparer.OrdinalIgnoreCase).Append("file").Except(_sourceNames, StringComparer.OrdinalIgnoreCase).ToFrozenSet(StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>The functions that were looked at: they reach nothing outside.</summary>
    public static IReadOnlyList<string> Reviewed { get; } = ReadReviewed();

    /// <summary>Whether a name is that of such a function, or of the table whose rows another program makes.</summary>
    public bool Names(string name) => _sources.Contains(name) || name == Models;

    /// <summary>The first such function in a tree, or null.</summary>
    public string? FindIn(StatementTree tree)
    {
        foreach (var (name, arguments) in tree.Functions())
            if (_sources.Contains(name) || (arguments > LocalArguments && name.Equals(ColumnLookup, StringComparison.OrdinalIgnoreCase)))
                return name;
        // One that is an argument itself, as a parameter's value too: arrayMap({f:Identifier}, …).
        foreach (var name in tree.Identifiers())
            if (_scalars.Contains(name))
                return name;
        // A structure may have defaults, which are expressions in a text of their own.
        foreach (var (name, arguments) in tree.Calls(_withStructure.Contains))
        {
            // format(name, structure, data); of the others it is the first.
            var at = name.Equals("format", StringComparison.OrdinalIgnoreCase) ? arguments.Length > 2 ? 1 : -1 : arguments.Length > 0 ? 0 : -1;
            if (at < 0)
                continue;
            var argument = arguments[at];
            if (argument.StartsWith("Literal \\'", StringComparison.Ordinal) || argument.StartsWith("Literal '", StringComparison.Ordinal)
                ? ColumnKeyword().IsMatch(argument)
                : !Array.Exists(_plainArguments, plain => argument.StartsWith(plain, StringComparison.Ordinal)))
                return name;
        }

        return null;
    }

    /// <summary>
    /// The same in the text of the engine's own formatter, for what the tree does not show: APPLY, the conditions of SHOW, a function that is an argument itself
    /// (arrayMap(file, …)). A column of such a name has to be written with its table's.
    /// </summary>
    public string? FindIn(ReadOnlySpan<byte> canonical)
    {
        var lexer = new SqlLexer(canonical);
        SqlToken before = default, previous = default;
        for (var token = lexer.Next(); token.Kind != SqlTokenKind.End; (before, previous, token) = (previous, token, lexer.Next()))
        {
            if (token.Kind is not (SqlTokenKind.Word or SqlTokenKind.QuotedIdentifier))
                continue;
            var name = System.Text.Encoding.UTF8.GetString(canonical[token.Start..token.End]).Trim('`', '"');
            if (lexer.IsSymbol(previous, '.'))
            {
                if (name == Models && lexer.Is(before, "system"u8))
                    return "system.models";
                continue;
            }

            if (!_sources.Contains(name))
                continue;
            var ahead = lexer;
            if (_scalars.Contains(name) || ahead.IsSymbol(ahead.Next(), '('))
                return name;
        }

        return null;
    }

    [GeneratedRegex(@"\b(DEFAULT|MATERIALIZED|ALIAS|EPHEMERAL|CODEC|TTL|STATISTICS|SETTINGS|CONSTRAINT|INDEX|PROJECTION|AS|SELECT)\b", RegexOptions.IgnoreCase)]
    private static partial Regex ColumnKeyword();

    static string[] ReadReviewed()
    {
        using var stream = typeof(SourceFunctions).Assembly.GetManifestResourceStream("reviewed-functions.txt")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries);
    }
}

using System.Collections.Frozen;
using System.Text;
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

    // Reading it starts another program, the library bridge. Its grants do not hold for the engine's own tables; reached without its name (merge, loop, a current database) only the
    // process's confinement stops it.
    const string Models = "models";
    const string SystemModels = "system.models";

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

    // Functions that take values only, so that a name among their arguments is a column's: operators, and what reports do with a column.
    static readonly FrozenSet<string> _ordinary = FrozenSet.Create(StringComparer.OrdinalIgnoreCase,
    [
        "equals", "notEquals", "less", "greater", "lessOrEquals", "greaterOrEquals", "in", "notIn", "like", "notLike", "ilike", "notILike", "isNull", "isNotNull", "and", "or", "not",
        "plus", "minus", "multiply", "divide", "modulo", "negate", "concat", "if", "multiIf", "caseWithExpression", "ifNull", "coalesce", "nullIf", "tuple", "array",
        "count", "countDistinct", "countIf", "uniq", "uniqExact", "sum", "min", "max", "avg", "any", "anyLast", "argMin", "argMax", "groupArray", "groupUniqArray",
        "toString", "CAST", "lower", "upper", "length", "empty", "notEmpty", "substring", "startsWith", "endsWith", "match", "extract",
    ]);

    // What stands before the name of a column or a table in the formatter's text.
    static readonly string[] _beforeNames = ["AS", "SELECT", "DISTINCT", "FROM", "JOIN", "BY", "WHERE", "HAVING", "ON", "AND", "OR"];

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

    /// <summary>Whether a tree has the name of such a function where one may be meant, or that of the table whose rows another program makes.</summary>
    public bool AreNamedIn(StatementTree tree)
        => tree.PossibleFunctions(_ordinary.Contains).Any(_sources.Contains) || tree.Identifiers().Any(static name => name == Models || name.EndsWith("." + Models, StringComparison.Ordinal));

    /// <summary>The first such function in a tree, or null.</summary>
    public string? FindIn(StatementTree tree)
    {
        foreach (var (name, arguments) in tree.Functions())
            if (_sources.Contains(name) || (arguments > LocalArguments && name.Equals(ColumnLookup, StringComparison.OrdinalIgnoreCase)))
                return name;
        // One that is an argument itself, as a parameter's value too: arrayMap({f:Identifier}, …).
        foreach (var name in tree.PossibleFunctions(_ordinary.Contains))
            if (_scalars.Contains(name))
                return name;
        foreach (var name in tree.Identifiers())
            if (name == SystemModels)
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
    /// The same in the text of the engine's own formatter, for what the tree does not show: APPLY, the conditions of SHOW. Where a list has a column of such a name behind another
    /// one, it has to be written with its table's.
    /// </summary>
    public string? FindIn(ReadOnlySpan<byte> canonical)
    {
        var lexer = new SqlLexer(canonical);
        SqlToken before = default, previous = default;
        for (var token = lexer.Next(); token.Kind != SqlTokenKind.End; (before, previous, token) = (previous, token, lexer.Next()))
        {
            if (token.Kind is not (SqlTokenKind.Word or SqlTokenKind.QuotedIdentifier))
                continue;
            var name = Encoding.UTF8.GetString(canonical[token.Start..token.End]).Trim('`', '"');
            if (lexer.IsSymbol(previous, '.'))
            {
                if (name == Models && lexer.Is(before, "system"u8))
                    return SystemModels;
                continue;
            }

            if (!_sources.Contains(name))
                continue;
            var ahead = lexer;
            if (ahead.IsSymbol(ahead.Next(), '(') || (_scalars.Contains(name) && !IsBeforeName(lexer, previous)))
                return name;
        }

        return null;
    }

    static bool IsBeforeName(SqlLexer lexer, SqlToken token)
    {
        foreach (var keyword in _beforeNames)
            if (lexer.Is(token, Encoding.ASCII.GetBytes(keyword)))
                return true;
        return false;
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

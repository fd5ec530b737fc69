using System.Text;
using Tidemark.ClickHouse.Embedded.Native;

namespace Tidemark.ClickHouse.Embedded.Sql;

/// <summary>
/// What a statement is, by the engine's own parser (chdb_classify_query_n, EXPLAIN AST) and, where its tree does not show everything, its own formatter (formatQuery); the
/// same for the same text. Nothing here reads the text as it came: whatever the parser takes for a name, a blank or a quote is what is judged.
/// </summary>
internal sealed record StatementAnalysis
{
    /// <summary>The tree's root: SelectWithUnionQuery, CreateQuery, Set, KillQueryQuery, …</summary>
    public required string Kind { get; init; }

    /// <summary>The engine's class: 0 reads, 1 changes a database, 2 changes something global, 3 control.</summary>
    public required uint Class { get; init; }

    /// <summary>The statement as the engine's formatter writes it; empty when it was not asked (<see cref="HasText"/>).</summary>
    public required ReadOnlyMemory<byte> Canonical { get; init; }

    /// <summary>Whether <see cref="Canonical"/> is the same statement, node by node, and may be run in place of what was sent.</summary>
    public required bool CanonicalIsSame { get; init; }

    /// <summary>Whether the formatter was asked. Of a <see cref="PlainSelect"/> it need not be.</summary>
    public bool HasText => !Canonical.IsEmpty;

    /// <summary>The FORMAT clause's format, or null.</summary>
    public required string? Format { get; init; }

    /// <summary>Where the clauses of <see cref="Canonical"/> stand.</summary>
    public required StatementClauses Clauses { get; init; }

    /// <summary>A function that reaches outside of the database, or null.</summary>
    public required string? ForbiddenFunction { get; init; }

    /// <summary>A table or database engine that reaches outside, or null.</summary>
    public required string? ForbiddenEngine { get; init; }

    /// <summary>The engines that it names.</summary>
    public required string[] Engines { get; init; }

    /// <summary>The settings that it names in any clause.</summary>
    public required string[] Settings { get; init; }

    /// <summary>Whether it reads or writes a file of the engine's machine: INTO OUTFILE, FROM INFILE.</summary>
    public required bool NamesAFile { get; init; }

    /// <summary>The function that an INSERT writes to, or null.</summary>
    public string? InsertFunction { get; init; }

    public bool IsSelect => Kind is "SelectWithUnionQuery" or "SelectIntersectExceptQuery" or "SelectQuery";

    /// <summary>Whether it only reads, whatever its settings.</summary>
    public bool OnlyReads => Reads(Kind);

    static bool Reads(string kind) => Array.Exists(_reading, start => kind.StartsWith(start, StringComparison.Ordinal));

    static readonly string[] _reading = ["Select", "Show", "Describe", "Exists", "Explain", "CheckQuery"];

    /// <summary>Whether it may leave something on its connection: settings, a current database, temporary tables.</summary>
    public bool ChangesConnection => Class == 3 && Kind is "Set" or "UseQuery" or "CreateQuery" or "DropQuery";

    /// <summary>Parses on <paramref name="connection"/>; throws the engine's error when the text does not parse.</summary>
    /// <param name="connection">Where it is parsed.</param>
    /// <param name="sql">The statement.</param>
    /// <param name="parameters">Those of the request.</param>
    /// <param name="sources">What reaches outside.</param>
    /// <param name="needsText">Whether <see cref="Canonical"/> is needed for an answer in a format, the statement's own or null. Default always.</param>
    public static StatementAnalysis Of(EngineConnection connection, ReadOnlySpan<byte> sql, QueryParameters parameters, SourceFunctions sources, Func<string?, bool>? needsText = null)
    {
        var classification = connection.Classify(sql);
        if (classification.Count > 1)
            throw EngineErrorException.Of(62, "SYNTAX_ERROR", "Syntax error (Multi-statements are not allowed)");
        if (classification.Class == 4)
        {
            using IDisposable refused = connection.Query(sql, "TabSeparatedRaw", parameters);
            throw ((EngineResult)refused).Error is { } error ? EngineErrorException.Parse(error) : EngineErrorException.Of(62, "SYNTAX_ERROR", "Empty query");
        }

        var explained = Explain(connection, sql, parameters);
        var tree = new StatementTree(explained);
        var plain = PlainSelect.Is(tree, sources);
        if (needsText is not null && plain && !needsText(tree.Format))
            return Plain(tree, classification.Class, sources);
        var canonical = Canonicalize(connection, sql);
        var clauses = StatementClauses.Find(canonical);
        var reads = Reads(tree.Kind);
        var engines = reads ? [] : EngineNames.In(canonical);
        return new StatementAnalysis
        {
            Kind = tree.Kind,
            Class = classification.Class,
            Canonical = canonical,
            // Its formatter may hide a secret or write a name in another way: then it is another statement.
            CanonicalIsSame = TryExplain(connection, canonical, parameters) == explained,
            Format = clauses.Format is { } format && tree.HasBelowRoot("Identifier " + format) ? format : null,
            Clauses = clauses,
            ForbiddenFunction = sources.FindIn(tree) ?? (plain || NamedColumns.ShowsAll(tree) ? null : sources.FindIn(canonical)),
            ForbiddenEngine = Array.Find(engines, static engine => !TableEngines.IsInside(engine)),
            Engines = engines,
            Settings = SettingNames.In(canonical),
            NamesAFile = clauses.NamesAFile || (tree.HasLiteralBelowRoot && (tree.Kind == "InsertQuery" || (reads && classification.Class == 3))),
            InsertFunction = tree.InsertFunction,
        };
    }

    static StatementAnalysis Plain(StatementTree tree, uint @class, SourceFunctions sources) => new()
    {
        Kind = tree.Kind,
        Class = @class,
        Canonical = default,
        CanonicalIsSame = false,
        Format = tree.Format,
        Clauses = StatementClauses.None,
        ForbiddenFunction = sources.FindIn(tree),
        ForbiddenEngine = null,
        Engines = [],
        Settings = [],
        NamesAFile = false,
    };

    /// <summary>The tree of a text that parses; throws the engine's error.</summary>
    public static string Explain(EngineConnection connection, ReadOnlySpan<byte> sql, QueryParameters? parameters = null)
    {
        using IDisposable result = connection.Query([.. "EXPLAIN AST "u8, .. sql], "TabSeparatedRaw", parameters);
        return ((EngineResult)result).Error is { } error ? throw EngineErrorException.Parse(error) : Encoding.UTF8.GetString(((EngineResult)result).GetSpan());
    }

    static string? TryExplain(EngineConnection connection, ReadOnlySpan<byte> sql, QueryParameters parameters)
    {
        using IDisposable result = connection.Query([.. "EXPLAIN AST "u8, .. sql], "TabSeparatedRaw", parameters);
        return ((EngineResult)result).Error is null ? Encoding.UTF8.GetString(((EngineResult)result).GetSpan()) : null;
    }

    static byte[] Canonicalize(EngineConnection connection, ReadOnlySpan<byte> sql)
    {
        var text = new QueryParameters();
        text.Add("statement", QueryParameters.Escape(Encoding.UTF8.GetString(sql)));
        using IDisposable result = connection.Query("SELECT formatQuery({statement:String})"u8, "TabSeparatedRaw", text);
        return ((EngineResult)result).Error is { } error ? throw EngineErrorException.Parse(error) : ((EngineResult)result).GetSpan().TrimEnd((byte)'\n').ToArray();
    }
}

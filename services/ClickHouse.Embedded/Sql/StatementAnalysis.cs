using System.Text;
using Tidemark.ClickHouse.Embedded.Hosting;
using Tidemark.ClickHouse.Embedded.Native;

namespace Tidemark.ClickHouse.Embedded.Sql;

/// <summary>What a statement is, by the engine's own parser (chdb_classify_query_n and EXPLAIN AST); the same for the same text.</summary>
internal sealed record StatementAnalysis
{
    /// <summary>The tree's root: SelectWithUnionQuery, CreateQuery, Set, KillQueryQuery, …</summary>
    public required string Kind { get; init; }

    /// <summary>The engine's class: 0 reads, 1 changes a database, 2 changes something global, 3 control.</summary>
    public required uint Class { get; init; }

    /// <summary>The FORMAT clause's format, or null.</summary>
    public required string? Format { get; init; }

    /// <summary>A function that reaches outside of the database, or null.</summary>
    public required string? ForbiddenFunction { get; init; }

    /// <summary>Where the clauses stand.</summary>
    public required StatementClauses Clauses { get; init; }

    public bool IsSelect => Kind is "SelectWithUnionQuery" or "SelectIntersectExceptQuery" or "SelectQuery";

    /// <summary>Whether the answer goes to a file of the engine's machine. (Class 3 alone does not say it: some settings have that class too.)</summary>
    public required bool IntoOutfile { get; init; }

    /// <summary>Whether it only reads, whatever its settings.</summary>
    public bool OnlyReads => Reads(Kind);

    static bool Reads(string kind) => Array.Exists(_reading, start => kind.StartsWith(start, StringComparison.Ordinal));

    static readonly string[] _reading = ["Select", "Show", "Describe", "Exists", "Explain", "CheckQuery"];

    /// <summary>Whether it may leave something on its connection: settings, a current database, temporary tables.</summary>
    public bool ChangesConnection => Class == 3 && Kind is "Set" or "UseQuery" or "CreateQuery" or "DropQuery";

    /// <summary>Parses on <paramref name="connection"/>; throws the engine's error when the text does not parse.</summary>
    public static StatementAnalysis Of(EngineConnection connection, ReadOnlySpan<byte> sql, QueryParameters parameters, SourceFunctions sources)
    {
        var classification = connection.Classify(sql);
        if (classification.Count > 1)
            throw EngineErrorException.Of(62, "SYNTAX_ERROR", "Syntax error (Multi-statements are not allowed)");
        byte[] explain = [.. "EXPLAIN AST "u8, .. sql];
        using IDisposable result = connection.Query(classification.Class == 4 ? sql : explain, "TabSeparatedRaw", parameters);
        var tree = (EngineResult)result;
        if (tree.Error is { } error)
            throw EngineErrorException.Parse(error);
        if (classification.Class == 4)
            throw EngineErrorException.Of(62, "SYNTAX_ERROR", "Empty query");
        var lines = Encoding.UTF8.GetString(tree.GetSpan()).Split('\n');
        var clauses = StatementClauses.Find(sql);
        var kind = lines[0].Split(' ', 2)[0];
        return new StatementAnalysis
        {
            Kind = kind,
            Class = classification.Class,
            // Both the tree and the tokens must have it: an alias, a table or a string called so is in only one of them.
            Format = clauses.Format is { } format && Array.Exists(lines, line => line == " Identifier " + format) ? format : null,
            // INTO OUTFILE is the only literal that stands directly below the root of a statement that reads.
            IntoOutfile = classification.Class == 3 && (clauses.IntoOutfile || (Reads(kind) && Array.Exists(lines, line => line.StartsWith(" Literal ", StringComparison.Ordinal)))),
            ForbiddenFunction = sources.FindIn(lines),
            Clauses = clauses,
        };
    }
}

using Tidemark.ClickHouse.Embedded.Native;

namespace Tidemark.ClickHouse.Embedded.Sql;

/// <summary>
/// The data of INSERT … VALUES. It takes expressions, which the engine parses only while it inserts; so what the writer sends is parsed here first, by the
/// same parser, as the list of a SELECT. Data that is no such list, or too large to look at, is taken as literals only.
/// </summary>
internal static class ValuesData
{
    /// <summary>More is data, not something that somebody typed; bytes.</summary>
    public const int MaxExpressionBytes = 256 << 10;

    /// <summary>Whether the data may be interpreted as expressions; throws when one of them reaches outside of the database.</summary>
    public static bool MayInterpret(EngineConnection connection, ReadOnlySpan<byte> data, SourceFunctions sources, string user)
    {
        data = data.Trim(" \t\r\n"u8).TrimEnd((byte)';');
        if (data.IsEmpty)
            return false;
        byte[] list = [.. "SELECT "u8, .. data];
        if (connection.Classify(list) is not { Count: 1, Class: 0 })
            return false;
        StatementTree tree;
        try
        {
            tree = new StatementTree(StatementAnalysis.Explain(connection, list));
        }
        catch (EngineErrorException)
        {
            return false;
        }

        if (sources.FindIn(tree) is { } function)
            throw EngineErrorException.Of(497, "ACCESS_DENIED", $"{user}: Not enough privileges. To execute this query, it's necessary to have the grant READ ON {function.ToUpperInvariant()}.");
        // What its tree does not show (APPLY in a subquery) nobody has looked at.
        return PlainSelect.Is(tree, sources);
    }
}

using System.Collections.Frozen;
using Tidemark.ClickHouse.Embedded.Hosting;
using Tidemark.ClickHouse.Embedded.Native;

namespace Tidemark.ClickHouse.Embedded.Http;

/// <summary>Settings of a request that count before its statement is parsed.</summary>
internal static class ParserSettings
{
    public static FrozenSet<string> Names { get; } = FrozenSet.Create(StringComparer.Ordinal, ["max_query_size", "max_parser_depth", "max_parser_backtracks", "max_ast_depth", "max_ast_elements", "max_expanded_ast_elements"]);

    /// <summary>Parses with them on the connection, and takes them off again. A connection that they do not let parse that either is spoilt.</summary>
    public static T With<T>(EngineConnection connection, PooledConnection pooled, KeyValuePair<string, string>[] settings, Func<T> parse)
    {
        if (settings.Length == 0)
            return parse();
        try
        {
            foreach (var (name, value) in settings)
                EmbeddedEngine.Execute(connection, $"SET {name} = {EmbeddedEngine.Literal(value)}");
            return parse();
        }
        finally
        {
            pooled.Spoilt |= !TakeOff(connection, pooled, settings);
        }
    }

    static bool TakeOff(EngineConnection connection, PooledConnection pooled, KeyValuePair<string, string>[] settings)
    {
        try
        {
            foreach (var (name, _) in settings)
                EmbeddedEngine.Execute(connection, $"SET {name} = {(pooled.Baseline.TryGetValue(name, out var baseline) ? EmbeddedEngine.Literal(baseline) : "DEFAULT")}");
            return true;
        }
        catch (EngineErrorException)
        {
            // max_query_size = 10 is too short for SET as well.
            return false;
        }
    }
}

using System.Text;

namespace Tidemark.ClickHouse.Embedded.Sql;

/// <summary>The engines of tables and databases that a statement names: ENGINE = name, in the text of the engine's own formatter.</summary>
internal static class EngineNames
{
    public static string[] In(ReadOnlySpan<byte> canonical)
    {
        var names = new List<string>();
        var lexer = new SqlLexer(canonical);
        SqlToken before = default, previous = default;
        for (var token = lexer.Next(); token.Kind != SqlTokenKind.End; (before, previous, token) = (previous, token, lexer.Next()))
            if (token.Kind is SqlTokenKind.Word or SqlTokenKind.QuotedIdentifier && lexer.IsSymbol(previous, '=') && lexer.Is(before, "ENGINE"u8))
                names.Add(Encoding.UTF8.GetString(canonical[token.Start..token.End]).Trim('`', '"'));
        return [.. names];
    }
}

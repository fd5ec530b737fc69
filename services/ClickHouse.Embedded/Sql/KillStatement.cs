using System.Text;

namespace Tidemark.ClickHouse.Embedded.Sql;

/// <summary>The parts of KILL QUERY [ON CLUSTER …] WHERE condition [SYNC | ASYNC | TEST] [FORMAT …], in the text of the engine's own formatter.</summary>
internal static class KillStatement
{
    /// <summary>Whether it is KILL QUERY: mutations and moves are the engine's own.</summary>
    public static bool OfQueries(StatementAnalysis statement)
    {
        if (statement.Kind != "KillQueryQuery")
            return false;
        var lexer = new SqlLexer(statement.Canonical.Span);
        return lexer.Is(lexer.Next(), "KILL"u8) && lexer.Is(lexer.Next(), "QUERY"u8);
    }

    /// <summary>The condition's text and SYNC, ASYNC or TEST.</summary>
    public static (string Condition, string Mode) Parts(StatementAnalysis statement)
    {
        var text = statement.Canonical.Span;
        var lexer = new SqlLexer(text);
        int start = -1, end = text.Length;
        var mode = "ASYNC";
        for (var token = lexer.Next(); token.Kind != SqlTokenKind.End; token = lexer.Next())
        {
            if (token.Depth > 0)
                continue;
            if (start < 0 && lexer.Is(token, "WHERE"u8))
                start = token.End;
            else if (start >= 0 && (lexer.Is(token, "SYNC"u8) || lexer.Is(token, "ASYNC"u8) || lexer.Is(token, "TEST"u8)))
            {
                (mode, end) = (Encoding.UTF8.GetString(text[token.Start..token.End]).ToUpperInvariant(), token.Start);
                break;
            }
        }

        return start < 0
            ? throw EngineErrorException.Of(62, "SYNTAX_ERROR", "Syntax error: KILL QUERY needs WHERE")
            : (Encoding.UTF8.GetString(text[start..end]), mode);
    }
}

using System.Text;

namespace Tidemark.ClickHouse.Embedded.Sql;

/// <summary>
/// The settings that a statement names, in whatever clause: read from the text that the engine's own formatter makes of it (formatQuery),
/// where every comment is gone and every name, string and keyword has one form.
/// </summary>
internal static class SettingNames
{
    /// <summary>The names of all SETTINGS clauses and of SET, each once.</summary>
    public static string[] In(ReadOnlySpan<byte> canonical)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        var lexer = new SqlLexer(canonical);
        var first = true;
        for (var token = lexer.Next(); token.Kind != SqlTokenKind.End; token = lexer.Next())
        {
            if (lexer.Is(token, "SETTINGS"u8) || (lexer.Is(token, "SETTING"u8)) || (first && lexer.Is(token, "SET"u8)))
                List(canonical, lexer, names);
            first = false;
        }

        return [.. names];
    }

    // A column may be called SETTINGS too: what follows it then is no list, or one name too many is judged.
    static void List(ReadOnlySpan<byte> text, SqlLexer lexer, HashSet<string> names)
    {
        var token = lexer.Next();
        if (lexer.IsSymbol(token, '('))
            token = lexer.Next();
        while (Name(text, ref lexer, ref token) is { } name)
        {
            names.Add(name);
            if (!lexer.IsSymbol(token, '='))
                return;
            token = Skip(ref lexer, lexer.Next());
            if (!lexer.IsSymbol(token, ','))
                return;
            token = lexer.Next();
        }
    }

    // A name, possibly of several parts; null unless '=' follows. The token after it comes back.
    static string? Name(ReadOnlySpan<byte> text, ref SqlLexer lexer, ref SqlToken token)
    {
        var name = new StringBuilder();
        while (token.Kind is SqlTokenKind.Word or SqlTokenKind.QuotedIdentifier)
        {
            name.Append(Encoding.UTF8.GetString(text[token.Start..token.End]).Trim('`', '"'));
            token = lexer.Next();
            if (!lexer.IsSymbol(token, '.'))
                return lexer.IsSymbol(token, '=') ? name.ToString() : null;
            name.Append('.');
            token = lexer.Next();
        }

        return null;
    }

    // A value: one literal, a substitution, or a name with arguments; what it begins with is given, what follows it comes back.
    static SqlToken Skip(ref SqlLexer lexer, SqlToken token)
    {
        var depth = token.Depth;
        if (lexer.IsSymbol(token, '-') || lexer.IsSymbol(token, '+'))
            token = lexer.Next();
        while (token.Kind != SqlTokenKind.End)
        {
            var next = lexer.Next();
            if (next.Depth <= depth && (lexer.IsSymbol(next, ',') || next.Kind is SqlTokenKind.Word || lexer.IsSymbol(next, ';') || Closes(lexer, next, depth)))
                return next;
            token = next;
        }

        return token;
    }

    static bool Closes(SqlLexer lexer, SqlToken token, int depth) => token.Depth < depth && (lexer.IsSymbol(token, ')') || lexer.IsSymbol(token, ']') || lexer.IsSymbol(token, '}'));
}

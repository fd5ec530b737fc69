using System.Text;

namespace Tidemark.ClickHouse.Embedded.Sql;

/// <summary>
/// An INSERT whose data follows in the text: where its head ends, the format, where the data begins. The data cannot go through
/// the engine's parser with the head (inline binary breaks it), so the head is cut off along ClickHouse's grammar:
/// INSERT INTO [TABLE] name [(columns)] [SETTINGS …] (VALUES | FORMAT name [SETTINGS …]) data.
/// </summary>
internal sealed record InsertHead(string Sql, string Format, int DataStart)
{
    /// <summary>The head, or null when the text is not an INSERT with data (another statement, INSERT … SELECT, or not complete).</summary>
    public static InsertHead? Find(ReadOnlySpan<byte> text)
    {
        var lexer = new SqlLexer(text);
        if (!lexer.Is(lexer.Next(), "INSERT"u8) || !lexer.Is(lexer.Next(), "INTO"u8))
            return null;
        var token = lexer.Next();
        if (lexer.Is(token, "TABLE"u8))
            token = lexer.Next();
        // The name itself may be any word, FORMAT and VALUES included.
        for (token = SkipName(ref lexer, token); token.Kind != SqlTokenKind.End; token = lexer.Next())
        {
            if (token.Depth > 0)
                continue;
            if (lexer.Is(token, "SELECT"u8) || lexer.Is(token, "WITH"u8) || lexer.Is(token, "FROM"u8) || lexer.Is(token, "WATCH"u8) || lexer.IsSymbol(token, ';'))
                return null;
            if (lexer.Is(token, "VALUES"u8))
                return new InsertHead(Encoding.UTF8.GetString(text[..token.Start]), "Values", token.End);
            if (lexer.Is(token, "FORMAT"u8))
                return AfterFormat(text, lexer, token.Start);
        }

        return null;
    }

    static InsertHead? AfterFormat(ReadOnlySpan<byte> text, SqlLexer lexer, int headEnd)
    {
        var name = lexer.Next();
        if (name.Kind != SqlTokenKind.Word)
            return null;
        var head = Encoding.UTF8.GetString(text[..headEnd]);
        var format = Encoding.UTF8.GetString(text[name.Start..name.End]);
        var end = name.End;
        var ahead = lexer;
        var settings = ahead.Next();
        if (ahead.Is(settings, "SETTINGS"u8) && SettingsEnd(ahead) is { } settingsEnd)
        {
            head += Encoding.UTF8.GetString(text[settings.Start..settingsEnd]);
            end = settingsEnd;
        }

        return new InsertHead(head, format, SkipLine(text, end));
    }

    // name = literal [, name = literal …]; a literal is one token, or a sign and a number.
    static int? SettingsEnd(SqlLexer lexer)
    {
        while (true)
        {
            if (lexer.Next().Kind != SqlTokenKind.Word || !lexer.IsSymbol(lexer.Next(), '='))
                return null;
            var value = lexer.Next();
            if (lexer.IsSymbol(value, '-') || lexer.IsSymbol(value, '+'))
                value = lexer.Next();
            if (value.Kind == SqlTokenKind.End)
                return null;
            var ahead = lexer;
            if (!ahead.IsSymbol(ahead.Next(), ','))
                return value.End;
            lexer = ahead;
        }
    }

    static SqlToken SkipName(ref SqlLexer lexer, SqlToken token)
    {
        while (true)
        {
            if (lexer.IsSymbol(token, '{'))
                while (token.Kind != SqlTokenKind.End && !lexer.IsSymbol(token, '}'))
                    token = lexer.Next();
            token = lexer.Next();
            if (!lexer.IsSymbol(token, '.'))
                return token;
            token = lexer.Next();
        }
    }

    // Blanks and one line end belong to the head; binary data may begin with any byte after them.
    static int SkipLine(ReadOnlySpan<byte> text, int position)
    {
        while (position < text.Length && text[position] is (byte)' ' or (byte)'\t' or (byte)'\f')
            position++;
        if (position < text.Length && text[position] == '\r')
            position++;
        if (position < text.Length && text[position] == '\n')
            position++;
        return position;
    }
}

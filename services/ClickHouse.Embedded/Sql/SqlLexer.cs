namespace Tidemark.ClickHouse.Embedded.Sql;

/// <summary>What a token is.</summary>
internal enum SqlTokenKind
{
    End,
    Word,
    QuotedIdentifier,
    String,
    Number,
    Symbol,
}

/// <summary>A token's place in the text, and how many brackets are open around it.</summary>
internal readonly record struct SqlToken(SqlTokenKind Kind, int Start, int End, int Depth);

/// <summary>
/// ClickHouse's tokens, enough to find clauses: strings with backslash and doubled quotes, both kinds of quoted identifiers,
/// heredocs ($tag$…$tag$), comments (--, //, #, /* */). What a statement is and may do is decided by the engine's parser, not here.
/// </summary>
internal ref struct SqlLexer(ReadOnlySpan<byte> text)
{
    readonly ReadOnlySpan<byte> _text = text;
    int _position;
    int _depth;

    /// <summary>The next token; <see cref="SqlTokenKind.End"/> at the end, also inside an unfinished string or comment.</summary>
    public SqlToken Next()
    {
        SkipBlanksAndComments();
        if (_position >= _text.Length)
            return new SqlToken(SqlTokenKind.End, _text.Length, _text.Length, _depth);
        var start = _position;
        var c = _text[start];
        switch (c)
        {
            case (byte)'\'':
                return Quoted(SqlTokenKind.String, start, c);
            case (byte)'"' or (byte)'`':
                return Quoted(SqlTokenKind.QuotedIdentifier, start, c);
            case (byte)'$' when Heredoc(start) is { } end:
                _position = end;
                return new SqlToken(SqlTokenKind.String, start, end, _depth);
            case (byte)'(' or (byte)'[' or (byte)'{':
                _position++;
                return new SqlToken(SqlTokenKind.Symbol, start, _position, _depth++);
            case (byte)')' or (byte)']' or (byte)'}':
                _position++;
                return new SqlToken(SqlTokenKind.Symbol, start, _position, --_depth);
        }

        if (IsWord(c))
        {
            while (_position < _text.Length && IsWord(_text[_position]))
                _position++;
            return new SqlToken(c is >= (byte)'0' and <= (byte)'9' ? SqlTokenKind.Number : SqlTokenKind.Word, start, _position, _depth);
        }

        _position++;
        return new SqlToken(SqlTokenKind.Symbol, start, _position, _depth);
    }

    /// <summary>Whether a token is this keyword, in any case.</summary>
    public readonly bool Is(SqlToken token, ReadOnlySpan<byte> keyword)
        => token.Kind == SqlTokenKind.Word && System.Text.Ascii.EqualsIgnoreCase(_text[token.Start..token.End], keyword);

    public readonly bool IsSymbol(SqlToken token, char symbol) => token.Kind == SqlTokenKind.Symbol && _text[token.Start] == symbol;

    SqlToken Quoted(SqlTokenKind kind, int start, byte quote)
    {
        _position++;
        while (_position < _text.Length)
        {
            var c = _text[_position++];
            if (c == '\\')
                _position++;
            else if (c == quote)
            {
                if (_position < _text.Length && _text[_position] == quote)
                    _position++;
                else
                    return new SqlToken(kind, start, _position, _depth);
            }
        }

        _position = _text.Length;
        return new SqlToken(SqlTokenKind.End, start, start, _depth);
    }

    readonly int? Heredoc(int start)
    {
        var tag = start + 1;
        while (tag < _text.Length && IsWord(_text[tag]) && _text[tag] != '$')
            tag++;
        if (tag >= _text.Length || _text[tag] != '$')
            return null;
        var fence = _text[start..(tag + 1)];
        var close = _text[(tag + 1)..].IndexOf(fence);
        return close < 0 ? null : tag + 1 + close + fence.Length;
    }

    void SkipBlanksAndComments()
    {
        while (_position < _text.Length)
        {
            var c = _text[_position];
            var next = _position + 1 < _text.Length ? _text[_position + 1] : (byte)0;
            if (c is (byte)' ' or (>= 9 and <= 13))
                _position++;
            else if ((c == '-' && next == '-') || (c == '/' && next == '/') || (c == '#' && next is (byte)' ' or (byte)'!'))
                _position = LineEnd(_position);
            else if (c == '/' && next == '*')
            {
                var close = _text[(_position + 2)..].IndexOf("*/"u8);
                _position = close < 0 ? _text.Length : _position + 2 + close + 2;
            }
            else if (c == 0xC2 && next == 0xA0)
                _position += 2;
            else
                return;
        }
    }

    readonly int LineEnd(int from)
    {
        var line = _text[from..].IndexOf((byte)'\n');
        return line < 0 ? _text.Length : from + line + 1;
    }

    static bool IsWord(byte c) => c is (>= (byte)'a' and <= (byte)'z') or (>= (byte)'A' and <= (byte)'Z') or (>= (byte)'0' and <= (byte)'9') or (byte)'_' or (byte)'$';
}

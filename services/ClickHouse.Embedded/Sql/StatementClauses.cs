using System.Text;

namespace Tidemark.ClickHouse.Embedded.Sql;

/// <summary>
/// The places of the outermost clauses that this door has to know, in bytes. <see cref="Format"/> is a candidate that the
/// engine's tree confirms.
/// </summary>
internal sealed record StatementClauses(string? Format, int FormatStart, int FormatEnd, int End, string? SessionTimezone, bool NamesAFile)
{
    /// <summary>Of a statement whose text was not looked at.</summary>
    public static StatementClauses None { get; } = new(null, 0, 0, 0, null, false);

    public static StatementClauses Find(ReadOnlySpan<byte> sql)
    {
        var lexer = new SqlLexer(sql);
        string? format = null, zone = null;
        int formatStart = 0, formatEnd = 0, end = 0;
        var file = false;
        SqlToken before = default, previous = default;
        for (var token = lexer.Next(); token.Kind != SqlTokenKind.End; (before, previous, token) = (previous, token, lexer.Next()))
        {
            if (!lexer.IsSymbol(token, ';'))
                end = token.End;
            if (token.Depth > 0)
                continue;
            if (token.Kind == SqlTokenKind.Word && previous.Depth == 0 && lexer.Is(previous, "FORMAT"u8))
                (format, formatStart, formatEnd) = (Encoding.UTF8.GetString(sql[token.Start..token.End]), previous.Start, token.End);
            else if ((lexer.Is(token, "OUTFILE"u8) && lexer.Is(previous, "INTO"u8)) || (lexer.Is(token, "INFILE"u8) && lexer.Is(previous, "FROM"u8)))
                file = true;
            else if (token.Kind == SqlTokenKind.String && lexer.IsSymbol(previous, '=') && lexer.Is(before, "session_timezone"u8))
                zone = Encoding.UTF8.GetString(sql[(token.Start + 1)..(token.End - 1)]);
        }

        return new StatementClauses(format, formatStart, formatEnd, end, zone, file);
    }
}

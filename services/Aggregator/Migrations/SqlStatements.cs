namespace Tidemark.Aggregator.Migrations;

/// <summary>Divides a file into its statements at semicolons outside quotes and comments; ClickHouse takes one statement per request.</summary>
internal static class SqlStatements
{
    public static IReadOnlyList<string> Of(string text)
    {
        var statements = new List<string>();
        var start = 0;
        var empty = true;
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c == '-' && Next(text, i) == '-')
            {
                i = EndOf(text, "\n", i);
            }
            else if (c == '/' && Next(text, i) == '*')
            {
                i = EndOf(text, "*/", i);
            }
            else if (c is '\'' or '"' or '`')
            {
                i = EndOfQuote(text, i);
                empty = false;
            }
            else if (c == ';')
            {
                Add(text[start..i]);
                start = i + 1;
            }
            else if (!char.IsWhiteSpace(c))
            {
                empty = false;
            }
        }
        Add(text[start..]);
        return statements;

        void Add(string statement)
        {
            if (!empty)
                statements.Add(statement.Trim());
            empty = true;
        }
    }

    private static char Next(string text, int i) => i + 1 < text.Length ? text[i + 1] : '\0';

    private static int EndOf(string text, string end, int from)
    {
        var at = text.IndexOf(end, from, StringComparison.Ordinal);
        return at < 0 ? text.Length : at + end.Length - 1;
    }

    private static int EndOfQuote(string text, int from)
    {
        for (var i = from + 1; i < text.Length; i++)
        {
            if (text[i] == '\\')
                i++;
            else if (text[i] == text[from])
                return i;
        }
        return text.Length;
    }
}

namespace Tidemark.ClickHouse.Embedded.Http;

/// <summary>What a client chose, as the value of a header of its answer: a query id may hold anything, a header only visible ASCII and blanks; the rest becomes '?'.</summary>
internal static class HeaderText
{
    public static string Of(string text) =>
        text.AsSpan().ContainsAnyExceptInRange(' ', '~') ? string.Create(text.Length, text, static (header, all) =>
        {
            for (var i = 0; i < header.Length; i++)
                header[i] = all[i] is >= ' ' and <= '~' ? all[i] : '?';
        }) : text;
}

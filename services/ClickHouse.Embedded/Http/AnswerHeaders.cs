using System.Collections.Frozen;
using System.Text;
using Tidemark.ClickHouse.Embedded.Sql;

namespace Tidemark.ClickHouse.Embedded.Http;

/// <summary>
/// Headers that a query gives its answer (the setting <c>http_response_headers</c>, a map of names and values, from the URL or a SETTINGS
/// clause). Who can make a browser send a query could make it run what comes back, so only names that tell how to keep or show the
/// answer are taken, and no content type that a browser runs or renders. Others are refused rather than left out.
/// </summary>
internal static class AnswerHeaders
{
    const string Setting = "http_response_headers";

    // More than any dashboard needs; Kestrel itself sets no limit for headers of an answer.
    const int MaxHeaders = 32;
    const int MaxValueLength = 4096;

    static readonly FrozenSet<string> _names = new[]
    {
        "Age", "Cache-Control", "Content-Description", "Content-Disposition", "Content-Language", "Content-Type", "ETag", "Expires", "Last-Modified", "Pragma",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    static readonly FrozenSet<string> _types = new[]
    {
        "application/json", "application/msgpack", "application/octet-stream", "application/x-msgpack", "application/x-ndjson", "application/x-protobuf",
        "application/vnd.apache.arrow.file", "application/vnd.apache.arrow.stream", "application/vnd.apache.parquet", "application/vnd.ms-excel",
        "image/avif", "image/bmp", "image/gif", "image/jpeg", "image/png", "image/webp", "text/csv", "text/markdown", "text/plain", "text/tab-separated-values",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>The headers that the URL and the statement ask for; the statement's go before.</summary>
    public static List<KeyValuePair<string, string>> Of(QueryRequest request, ReadOnlySpan<byte> sql)
    {
        var inStatement = sql.IndexOf("http_response_headers"u8) >= 0 ? InClause(sql) : null;
        if (inStatement is null && request.Setting(Setting) is not { Length: > 0 })
            return [];
        var headers = inStatement ?? Map(Encoding.UTF8.GetBytes(request.Setting(Setting)!));
        if (headers.Count > MaxHeaders)
            throw Refused($"more than {MaxHeaders} headers");
        foreach (var (name, value) in headers)
            Check(name, value);
        return headers.DistinctBy(header => header.Key, StringComparer.OrdinalIgnoreCase).Count() == headers.Count
            ? headers : throw Refused("there are duplicate entries");
    }

    static void Check(string name, string value)
    {
        if (!_names.Contains(name) && !IsOwn(name))
            throw Refused($"the header '{HeaderText.Of(name)}' cannot be set by a query");
        if (value.Length > MaxValueLength || value.AsSpan().ContainsAnyExceptInRange(' ', '~'))
            throw Refused($"the value of '{HeaderText.Of(name)}' is longer than {MaxValueLength} characters or has others than visible ASCII and blanks");
        if (name.Equals("Content-Type", StringComparison.OrdinalIgnoreCase) && !_types.Contains(value.Split(';', 2)[0].Trim()))
            throw Refused($"the content type '{value}' cannot be set by a query");
    }

    // X-… of an application's own; those that browsers, proxies and this server give a meaning begin like these.
    static bool IsOwn(string name) => name.Length is > 2 and <= 64 && name.StartsWith("X-", StringComparison.OrdinalIgnoreCase)
        && !name.AsSpan().ContainsAnyExcept(_letters)
        && !Array.Exists(_reserved, start => name.AsSpan(2).StartsWith(start, StringComparison.OrdinalIgnoreCase));

    static readonly System.Buffers.SearchValues<char> _letters = System.Buffers.SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

    static readonly string[] _reserved =
        ["Accel", "ClickHouse", "Content", "DNS", "Download", "Forwarded", "Frame", "HTTP", "Permitted", "Powered", "Real", "Robots", "Sendfile", "Tidemark", "UA", "WebKit", "XSS"];

    static List<KeyValuePair<string, string>>? InClause(ReadOnlySpan<byte> sql)
    {
        var lexer = new SqlLexer(sql);
        for (var token = lexer.Next(); token.Kind != SqlTokenKind.End; token = lexer.Next())
        {
            if (token.Depth > 0 || !lexer.Is(token, "http_response_headers"u8))
                continue;
            var ahead = lexer;
            if (!ahead.IsSymbol(ahead.Next(), '='))
                continue;
            var value = ahead.Next();
            if (value.Kind == SqlTokenKind.String)
                return Map(Encoding.UTF8.GetBytes(Text(sql[value.Start..value.End])));
            if (ahead.IsSymbol(value, '{'))
                return Map(sql[value.Start..]);
        }

        return null;
    }

    // {'name': 'value', …}
    static List<KeyValuePair<string, string>> Map(ReadOnlySpan<byte> text)
    {
        var lexer = new SqlLexer(text);
        if (!lexer.IsSymbol(lexer.Next(), '{'))
            throw Refused("it must be a Map");
        var headers = new List<KeyValuePair<string, string>>();
        for (var token = lexer.Next(); !lexer.IsSymbol(token, '}'); token = lexer.Next())
        {
            if (headers.Count > 0 && lexer.IsSymbol(token, ','))
                token = lexer.Next();
            var colon = lexer.Next();
            var value = lexer.Next();
            if (token.Kind != SqlTokenKind.String || !lexer.IsSymbol(colon, ':') || value.Kind != SqlTokenKind.String)
                throw Refused("its keys and values must be Strings");
            headers.Add(new(Text(text[token.Start..token.End]), Text(text[value.Start..value.End])));
        }

        return headers;
    }

    // A doubled or escaped quote and a doubled backslash; no other escape stands for what a header can hold.
    static string Text(ReadOnlySpan<byte> quoted)
    {
        var text = Encoding.UTF8.GetString(quoted);
        if (!text.StartsWith('\''))
            throw Refused("a string in it is not in single quotes");
        var plain = new StringBuilder(text.Length);
        for (var i = 1; i < text.Length - 1; i++)
        {
            if (text[i] is '\\' or '\'' && text[++i] is not ('\\' or '\''))
                throw Refused("a string in it has an escape of something that a header cannot hold");
            plain.Append(text[i]);
        }

        return plain.ToString();
    }

    static EngineErrorException Refused(string why) => EngineErrorException.Of(36, "BAD_ARGUMENTS", $"The setting http_response_headers: {why}");
}

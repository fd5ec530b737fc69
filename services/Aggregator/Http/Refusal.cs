namespace Tidemark.Aggregator.Http;

/// <summary>Tells a request that ClickHouse cannot carry out now from one that it refuses.</summary>
internal static class Refusal
{
    private const int LongestText = 600;

    /// <summary>ClickHouse's error codes that come with a status of 5xx though waiting a moment does not mend them.</summary>
    private static readonly HashSet<string> _refusing =
    [
        "48", // NOT_IMPLEMENTED
        "164", // READONLY
        "497", // ACCESS_DENIED
    ];

    /// <param name="status">HTTP status; 200 when the error came after the first bytes of an answer.</param>
    /// <param name="code">Header X-ClickHouse-Exception-Code; null when there is none.</param>
    /// <param name="text">Body.</param>
    internal static ClickHouseException From(int status, string? code, string text)
    {
        var line = text.Trim();
        var transient = status is >= 500 or 408 or 429 or < 300;
        return new ClickHouseException(
            $"ClickHouse answered {status}: {(line.Length > LongestText ? line[..LongestText] : line)}", transient && (code is null || !_refusing.Contains(code)), status);
    }
}

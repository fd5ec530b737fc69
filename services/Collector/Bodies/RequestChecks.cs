using Microsoft.AspNetCore.Http;
using Tidemark.Collector.Refusals;

namespace Tidemark.Collector.Bodies;

/// <summary>What can be said about a request before its body is read.</summary>
internal static class RequestChecks
{
    /// <summary>
    /// Compression is told by the body's first bytes; the header only says whether the client means something that is not taken here, such as br.
    /// The content type decides nothing but the charset: browsers, beacons and libraries send JSON under all sorts of types.
    /// </summary>
    internal static RejectCode Content(HttpRequest request)
    {
        foreach (var header in request.Headers.ContentEncoding)
        {
            foreach (var range in header.AsSpan().Split(','))
            {
                var coding = header.AsSpan()[range].Trim();
                if (!coding.IsEmpty && !Is(coding, "gzip") && !Is(coding, "x-gzip") && !Is(coding, "zstd") && !Is(coding, "identity"))
                    return RejectCode.Encoding;
            }
        }
        var type = request.ContentType;
        return type is not null && (type.Contains("charset=utf-16", StringComparison.OrdinalIgnoreCase) || type.Contains("charset=\"utf-16", StringComparison.OrdinalIgnoreCase)
            || type.Contains("charset=utf-32", StringComparison.OrdinalIgnoreCase)) ? RejectCode.Charset : RejectCode.None;
    }

    internal static bool SaysPacked(HttpRequest request) =>
        request.Headers.ContentEncoding is { Count: > 0 } coding && !string.Equals(coding[0], "identity", StringComparison.OrdinalIgnoreCase);

    private static bool Is(ReadOnlySpan<char> coding, string name) => coding.Equals(name, StringComparison.OrdinalIgnoreCase);
}

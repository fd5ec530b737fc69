using Microsoft.AspNetCore.Http;

namespace Tidemark.HttpHardening.Requests;

/// <summary>
/// Requests whose length a proxy in front could read otherwise than Kestrel does (request smuggling, RFC 9112, 6.1 and 6.3). Kestrel takes several transfer codings as long
/// as the last is chunked, and a length beside them, which it then puts aside under another name.
/// </summary>
internal static class Framing
{
    /// <summary>What is wrong, or null.</summary>
    internal static string? Fault(HttpRequest request)
    {
        var coding = request.Headers.TransferEncoding;
        if (coding.Count == 0)
            return null;
        if (coding.Count > 1 || !string.Equals(coding[0], "chunked", StringComparison.OrdinalIgnoreCase))
            return "The only transfer coding taken here is chunked, once.";
        if (request.ContentLength is not null || request.Headers.ContainsKey("X-Content-Length"))
            return "A request has a Content-Length or a Transfer-Encoding, not both.";
        return HttpProtocol.IsHttp11(request.Protocol) ? null : "HTTP/1.0 has no transfer codings.";
    }
}

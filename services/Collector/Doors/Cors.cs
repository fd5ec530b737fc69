using Microsoft.AspNetCore.Http;

namespace Tidemark.Collector.Doors;

/// <summary>
/// Tells browsers which pages may read the answers. Never with credentials, and an origin that is not on the list hears nothing.
/// </summary>
internal sealed class Cors(CollectorOptions options)
{
    private readonly HashSet<string> _allowed = new(options.AllowedOrigins, StringComparer.OrdinalIgnoreCase);

    /// <summary>Adds the headers for an allowed origin; true when there was one.</summary>
    internal bool Apply(HttpContext context)
    {
        if (_allowed.Count == 0)
            return false;
        var headers = context.Response.Headers;
        if (_allowed.Contains("*"))
        {
            headers.AccessControlAllowOrigin = "*";
            return true;
        }
        headers.Vary = "Origin";
        var origin = context.Request.Headers.Origin;
        if (origin.Count != 1 || !_allowed.Contains(origin[0]!))
            return false;
        headers.AccessControlAllowOrigin = origin;
        return true;
    }

    internal void Preflight(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        context.Response.Headers.Allow = "POST, OPTIONS";
        if (!Apply(context))
            return;
        var headers = context.Response.Headers;
        headers.AccessControlAllowMethods = "POST";
        headers.AccessControlAllowHeaders = "authorization, content-type, content-encoding, x-write-key";
        headers.AccessControlMaxAge = "600";
    }
}

using Microsoft.AspNetCore.Http;

namespace Tidemark.Collector.Doors;

/// <summary>
/// Tells browsers which pages may read the answers. Never with credentials, and an origin that is not on the list hears nothing.
/// </summary>
internal sealed class Cors(CollectorOptions options, PagePermission pages)
{
    /// <summary>Adds the headers for an allowed origin; true when there was one.</summary>
    internal bool Apply(HttpContext context)
    {
        if (pages.Allowed.None && !options.AllowLoopbackOrigins)
            return false;
        var headers = context.Response.Headers;
        if (pages.Allowed.Any)
        {
            headers.AccessControlAllowOrigin = "*";
            return true;
        }
        headers.Vary = "Origin";
        if (!pages.MayRead(context.Request))
            return false;
        headers.AccessControlAllowOrigin = context.Request.Headers.Origin;
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

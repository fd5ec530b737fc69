using Microsoft.AspNetCore.Http;

namespace Tidemark.HttpHardening.Pages;

/// <summary>
/// Keeps pages of other origins away from a path, whatever they ask for and by whatever means: they could read what is there, or change it. A page of this machine is no
/// exception: any program's page on <c>localhost</c> could. What an allowed page asks for is answered so that it may read it.
/// </summary>
internal sealed class PageGuard(AllowedOrigins allowed)
{
    /// <summary>True when the request may go on; a preflight may not, but needs no refusal.</summary>
    internal bool Lets(HttpContext context, out bool preflight)
    {
        preflight = false;
        var headers = context.Response.Headers;
        // For the browser's part: no page may embed the answer. The headers above decide; this is for browsers that send none.
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        var page = PageOrigins.Of(context.Request);
        if (page is RequestingPage.None or RequestingPage.Own)
            return true;
        if (!allowed.Contains(context.Request))
            return false;
        var origin = context.Request.Headers.Origin;
        if (origin.Count == 0)
            return true;
        headers.AccessControlAllowOrigin = origin;
        headers.AccessControlExposeHeaders = "*";
        headers.Vary = "Origin";
        if (!HttpMethods.IsOptions(context.Request.Method))
            return true;
        preflight = true;
        headers.AccessControlAllowMethods = "GET, HEAD, POST, PUT";
        headers.AccessControlAllowHeaders = context.Request.Headers.AccessControlRequestHeaders;
        headers.AccessControlMaxAge = "600";
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return false;
    }
}

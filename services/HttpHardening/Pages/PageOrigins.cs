using Microsoft.AspNetCore.Http;

namespace Tidemark.HttpHardening.Pages;

/// <summary>
/// Tells by what a browser says of itself, and a page cannot change, which page a request is made for. The host has been judged before (<see cref="ServedHosts"/>).
/// </summary>
/// <remarks>
/// <c>Origin</c> comes with everything but plain GET and HEAD, and with those for scripts; <c>null</c> is a sandboxed frame, a file or a redirect, so anybody's.
/// <c>Sec-Fetch-Site</c> (W3C Fetch Metadata) comes with everything, images and links too. Browsers from before 2023 (Safari: 16.4) send images and links without both,
/// so then the <c>Referer</c> counts; a page can leave it out, and such a browser's image cannot be told from a program's request.
/// </remarks>
public static class PageOrigins
{
    public static RequestingPage Of(HttpRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        var headers = request.Headers;
        var origin = headers.Origin;
        var site = headers["Sec-Fetch-Site"];
        if (origin.Count > 0)
        {
            var page = origin.Count == 1 ? OfAddress(origin[0]!, request) : RequestingPage.Foreign;
            return page == RequestingPage.Own && site.Count > 0 && site != "same-origin" ? RequestingPage.Foreign : page;
        }
        if (site.Count > 0)
            return site == "same-origin" ? RequestingPage.Own : site == "none" ? RequestingPage.None : RequestingPage.Foreign;
        var referer = headers.Referer;
        return referer.Count == 0 || referer == "" ? RequestingPage.None : referer.Count == 1 ? OfAddress(referer[0]!, request) : RequestingPage.Foreign;
    }

    /// <summary>Whether an origin, as a browser writes it, is that of a page which this machine serves, whatever the port.</summary>
    public static bool IsLoopback(string origin) => TryAddress(origin, out var address) && LoopbackNames.Contains(address.Host);

    private static RequestingPage OfAddress(string text, HttpRequest request)
    {
        if (!TryAddress(text, out var address))
            return RequestingPage.Foreign;
        var host = request.Host;
        if (host.Host.Equals(address.Host, StringComparison.OrdinalIgnoreCase) && (host.Port ?? (address.Scheme == Uri.UriSchemeHttp ? 80 : 443)) == address.Port)
            return RequestingPage.Own;
        return LoopbackNames.Contains(address.Host) ? RequestingPage.Loopback : RequestingPage.Foreign;
    }

    private static bool TryAddress(string text, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Uri? address) =>
        Uri.TryCreate(text, UriKind.Absolute, out address) && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps);
}

using Microsoft.AspNetCore.Http;
using Tidemark.Collector.Keys;
using Tidemark.HttpHardening.Pages;

namespace Tidemark.Collector.Doors;

/// <summary>
/// Which pages may send events. A key that nobody can guess is proof enough, wherever the page is from, unless its project has a list of origins. One that everybody knows is not: any page on
/// the web could use it through a browser on this machine, so its origin has to be allowed.
/// </summary>
internal sealed class PagePermission(CollectorOptions options)
{
    private readonly AllowedOrigins _general = new(options.AllowedOrigins);
    private readonly AllowedOrigins _all = new(options.Projects.SelectMany(static project => project.AllowedOrigins).Concat(options.AllowedOrigins));

    /// <summary>Whether pages of any origin may read what the doors answer.</summary>
    internal bool AnyMayRead => _all.Any;

    /// <summary>Whether the page that the request is made for, if any, may use this key.</summary>
    internal bool MayUse(WriteKey key, HttpRequest request) => (key.Origins is null && !key.WellKnown) || PageOrigins.Of(request) switch
    {
        RequestingPage.None or RequestingPage.Own => true,
        RequestingPage.Loopback when options.AllowLoopbackOrigins => true,
        _ => (key.Origins ?? _general).Contains(request),
    };

    /// <summary>Whether pages of an origin may read what the doors answer: those that may use a key of some project.</summary>
    internal bool MayRead(string origin) => _all.Contains(origin) || (options.AllowLoopbackOrigins && PageOrigins.IsLoopback(origin));

    /// <summary>Tells caches that the answer would be another one for a page that may read it; where the page may, the framework says so.</summary>
    internal void Vary(HttpContext context)
    {
        if (context.Request.Headers.Origin is { Count: > 0 } origin && !AnyMayRead && !MayRead(origin.ToString()))
            context.Response.Headers.Vary = "Origin";
    }
}

using Microsoft.AspNetCore.Http;
using Tidemark.Collector.Keys;
using Tidemark.HttpHardening.Pages;

namespace Tidemark.Collector.Doors;

/// <summary>
/// Which pages may send events. A key that nobody can guess is proof enough, wherever the page is from. One that everybody knows is not: any page on the web could use it
/// through a browser on this machine, so its origin has to be allowed.
/// </summary>
internal sealed class PagePermission(CollectorOptions options)
{
    private readonly AllowedOrigins _allowed = new(options.AllowedOrigins);

    internal AllowedOrigins Allowed => _allowed;

    /// <summary>Whether the page that the request is made for, if any, may use this key.</summary>
    internal bool MayUse(WriteKey key, HttpRequest request) => !key.WellKnown || PageOrigins.Of(request) switch
    {
        RequestingPage.None or RequestingPage.Own => true,
        RequestingPage.Loopback when options.AllowLoopbackOrigins => true,
        _ => _allowed.Contains(request),
    };

    /// <summary>Whether the page may read what the doors answer.</summary>
    internal bool MayRead(HttpRequest request) =>
        _allowed.Contains(request) || (options.AllowLoopbackOrigins && request.Headers.Origin.Count > 0 && PageOrigins.Of(request) == RequestingPage.Loopback);
}

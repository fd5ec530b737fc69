using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.Extensions.DependencyInjection;
using Tidemark.Collector.Keys;
using Tidemark.HttpHardening.Pages;

namespace Tidemark.Collector.Doors;

/// <summary>
/// The doors as endpoints, with the framework's CORS. They are mapped for every method: a door answers another method by itself, as JSON; with method metadata routing would hand it to the
/// fallback, and it would be 404.
/// </summary>
internal static class DoorEndpoints
{
    /// <summary>Maps every registered <see cref="Door"/>, and a JSON 404 behind them.</summary>
    internal static void Map(WebApplication app)
    {
        var pipeline = app.Services.GetRequiredService<DoorPipeline>();
        var pages = app.Services.GetRequiredService<PagePermission>();
        // Only for pages: the middleware notes in each request that it was there, in a dictionary that programs' requests do without.
        app.UseWhen(static context => context.Request.Headers.Origin.Count > 0, fromPages => fromPages.Use(next => context => pipeline.CountPreflightAsync(context, next)).UseCors());
        foreach (var door in app.Services.GetServices<Door>())
            app.Map(door.Path, pipeline.Of(door)).WithMetadata(door, OpenToPages.Instance).RequireCors(policy => Allow(policy, door, pages));
        app.MapFallback("{**path}", pipeline.NotFoundAsync);
    }

    /// <summary>
    /// Which pages may read the door's answers: those that may use any key at all, since a preflight has none. Never with credentials, and an origin that is not on a list hears nothing.
    /// </summary>
    private static void Allow(CorsPolicyBuilder policy, Door door, PagePermission pages)
    {
        policy.WithMethods(door.Method).WithHeaders([.. Headers(door.Key)]).SetPreflightMaxAge(TimeSpan.FromMinutes(10));
        if (pages.AnyMayRead)
            policy.AllowAnyOrigin();
        else
            policy.SetIsOriginAllowed(pages.MayRead);
    }

    private static IEnumerable<string> Headers(KeyPlaces key)
    {
        if (key.Authorization)
            yield return "authorization";
        yield return "content-type";
        yield return "content-encoding";
        if (key.Header is { } header)
            yield return header.ToLowerInvariant();
    }
}

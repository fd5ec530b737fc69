using Microsoft.AspNetCore.Http;

namespace Tidemark.HttpHardening.Pages;

/// <summary>Origins that somebody has allowed by option: <c>https://www.example.org</c>, or <c>*</c> for any.</summary>
public sealed class AllowedOrigins(IEnumerable<string> origins)
{
    private readonly HashSet<string> _origins = new(origins, StringComparer.OrdinalIgnoreCase);

    public bool Any => _origins.Contains("*");

    public bool None => _origins.Count == 0;

    /// <summary>Whether the request's page is one of them.</summary>
    public bool Contains(HttpRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (None)
            return false;
        var origin = request.Headers.Origin;
        return Any || (origin.Count == 1 && _origins.Contains(origin[0]!));
    }

    /// <summary>Whether an origin, as a browser writes it, is one of them.</summary>
    public bool Contains(string origin) => Any || _origins.Contains(origin);

    /// <summary>What is wrong with a list of origins.</summary>
    public static IEnumerable<string> Mistakes(string option, IEnumerable<string> origins) =>
        from origin in origins
        where !IsOrigin(origin)
        select $"{option} has '{origin}'; it takes origins such as https://shop.example.org or http://192.168.0.7:3000, without a path";

    /// <summary>Whether a text is an origin as browsers write it: scheme, host, and the port unless it is the scheme's own.</summary>
    public static bool IsOrigin(string origin) =>
        origin == "*" || (Uri.TryCreate(origin, UriKind.Absolute, out var uri) && origin == uri.GetLeftPart(UriPartial.Authority));
}

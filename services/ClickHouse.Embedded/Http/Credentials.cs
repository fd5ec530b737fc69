using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Tidemark.ClickHouse.Embedded.Http;

/// <summary>
/// Who asks: by ClickHouse's headers, basic authorization or the URL; without any of them it is <c>default</c>. As at the server, a
/// request uses one of these ways: two of them are refused, whatever they say.
/// </summary>
internal readonly record struct Credentials(string User, string Password)
{
    const string OwnHeaders = "X-ClickHouse HTTP headers";
    const string Header = "Authorization HTTP header";
    const string Url = "authentication via parameters";

    public static Credentials Read(HttpRequest http)
    {
        string user = http.Headers["X-ClickHouse-User"].ToString(), key = http.Headers["X-ClickHouse-Key"].ToString();
        // Pages send "never" so that the browser does not add a login of its own.
        var authorization = http.Headers.Authorization.ToString() is { Length: > 0 } sent && sent != "never" ? sent : null;
        var inUrl = http.Query.ContainsKey("user") || http.Query.ContainsKey("password");
        if (http.Headers["X-ClickHouse-SSL-Certificate-Auth"] == "on")
            throw Failed("Invalid authentication: SSL certificate authentication requires nonempty certificate's Common Name or Subject Alternative Name");
        if (http.Headers["X-ClickHouse-Quota"].ToString().Length > 0 && http.Query.ContainsKey("quota_key"))
            throw EngineErrorException.Of(36, "BAD_ARGUMENTS", "Invalid authentication: it is not allowed to use quota key as HTTP header and as parameter simultaneously");
        if (user.Length > 0 || key.Length > 0)
            return authorization is not null ? throw Both(OwnHeaders, Header) : inUrl ? throw Both(OwnHeaders, Url) : Named(user, key, OwnHeaders);
        if (authorization is not null)
            return inUrl ? throw Both(Header, Url) : Basic(authorization);
        return Named(http.Query.TryGetValue("user", out var named) ? named[0] ?? "" : "default", http.Query["password"] is [{ } password, ..] ? password : "", Url);
    }

    /// <summary>True for the writer, false for a reader; throws for anybody else.</summary>
    public bool Authenticate(string? writerPassword)
    {
        if (User is "reader" or "default")
            return false;
        if (User == "writer" && writerPassword is not null
            && CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(Password)), SHA256.HashData(Encoding.UTF8.GetBytes(writerPassword))))
            return true;
        throw Failed($"{User}: Authentication failed: password is incorrect, or there is no user with such name.");
    }

    static Credentials Basic(string authorization)
    {
        var space = authorization.IndexOf(' ', StringComparison.Ordinal);
        var scheme = space < 0 ? authorization : authorization[..space];
        if (!scheme.Equals("Basic", StringComparison.OrdinalIgnoreCase))
            throw Failed($"Invalid authentication: '{HeaderText.Of(scheme)}' HTTP Authorization scheme is not supported");
        var pair = Decode(space < 0 ? "" : authorization[space..].Trim());
        var colon = pair.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? Named(pair, "", Header) : Named(pair[..colon], pair[(colon + 1)..], Header);
    }

    static Credentials Named(string user, string password, string way) => user.Length == 0 ? throw Failed($"Got an empty user name from {way}") : new(user, password);

    static string Decode(string base64)
    {
        try
        {
            return Encoding.UTF8.GetString(Convert.FromBase64String(base64));
        }
        catch (FormatException)
        {
            throw Failed("Invalid basic authentication: not Base64");
        }
    }

    static EngineErrorException Both(string one, string other) => Failed($"Invalid authentication: it is not allowed to use {one} and {other} simultaneously");

    static EngineErrorException Failed(string text) => EngineErrorException.Of(516, "AUTHENTICATION_FAILED", text);
}

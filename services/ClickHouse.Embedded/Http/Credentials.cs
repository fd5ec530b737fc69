using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Tidemark.ClickHouse.Embedded.Hosting;

namespace Tidemark.ClickHouse.Embedded.Http;

/// <summary>Who asks: by ClickHouse's headers, basic or bearer-less authorization, or the URL; without a name it is <c>default</c>.</summary>
internal readonly record struct Credentials(string User, string Password)
{
    public static Credentials Read(HttpRequest http)
    {
        string? user = http.Headers["X-ClickHouse-User"], key = http.Headers["X-ClickHouse-Key"];
        if (!string.IsNullOrEmpty(user) || !string.IsNullOrEmpty(key))
            return new(string.IsNullOrEmpty(user) ? "default" : user, key ?? "");
        if (http.Headers.Authorization is [{ } authorization, ..] && authorization.StartsWith("Basic ", StringComparison.OrdinalIgnoreCase))
        {
            var pair = Decode(authorization["Basic ".Length..]);
            var colon = pair.IndexOf(':', StringComparison.Ordinal);
            return colon < 0 ? new(pair, "") : new(pair[..colon] is { Length: > 0 } name ? name : "default", pair[(colon + 1)..]);
        }

        string? named = http.Query["user"];
        return new(string.IsNullOrEmpty(named) ? "default" : named, http.Query["password"].ToString());
    }

    /// <summary>True for the writer, false for a reader; throws for anybody else.</summary>
    public bool Authenticate(string? writerPassword)
    {
        if (User is "reader" or "default")
            return false;
        if (User == "writer" && writerPassword is not null
            && CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(Password)), SHA256.HashData(Encoding.UTF8.GetBytes(writerPassword))))
            return true;
        throw EngineErrorException.Of(516, "AUTHENTICATION_FAILED", $"{User}: Authentication failed: password is incorrect, or there is no user with such name.");
    }

    static string Decode(string base64)
    {
        try
        {
            return Encoding.UTF8.GetString(Convert.FromBase64String(base64));
        }
        catch (FormatException)
        {
            throw EngineErrorException.Of(516, "AUTHENTICATION_FAILED", "Invalid basic authentication: not Base64");
        }
    }
}

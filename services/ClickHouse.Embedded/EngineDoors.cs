using Tidemark.HttpHardening;
using Tidemark.HttpHardening.Pages;

namespace Tidemark.ClickHouse.Embedded;

/// <summary>Whom the SQL port serves, and what it takes: more than the collector's, since statements are long and inserts have no end.</summary>
public static class EngineDoors
{
    /// <summary>ClickHouse takes URLs of 1 MiB (http_max_uri_size).</summary>
    private const int MaxUriBytes = 1 << 20;

    public static DoorLimits Limits { get; } = new()
    {
        MaxBodyBytes = null,
        MaxRequestLineBytes = MaxUriBytes + (16 << 10),
        MaxHeaderBytes = MaxUriBytes,
        MaxHeaders = 100,
        // Drivers keep theirs for minutes.
        IdleTimeout = TimeSpan.FromSeconds(130),
        // An insert may wait for its rows; the server's http_receive_timeout is 30 s, and was 300 s.
        BodySilence = TimeSpan.FromSeconds(300),
        MinimumRates = false,
        MaxConnections = 1024,
    };

    internal static DoorRules Rules(EngineOptions options) => new()
    {
        Hosts = ServedHosts.Of(options.AllowedHosts),
        HostsOption = "--allowed-hosts",
        Origins = new AllowedOrigins(options.AllowedOrigins),
        OriginsOption = "--sql-allowed-origins",
    };
}

using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Tidemark.HttpHardening.Connections;

namespace Tidemark.HttpHardening;

/// <summary>Hardens Kestrel in one place; what each setting answers is tested over raw sockets.</summary>
public static class Doors
{
    /// <summary>
    /// The runtimes below this one are open to CVE-2025-55315 (chunk extensions with a bare LF); a listener refuses to start on them.
    /// </summary>
    private static readonly Version _firstSafeRuntime = new(10, 0, 0);

    private static readonly DigitsOnlyEncoding _digitsOnly = new();

    /// <summary>
    /// HTTP/1.1 only, no Server header, the limits of <paramref name="limits"/>; bare LF in headers and lengths with a sign are refused; connections share the port as
    /// <see cref="ConnectionShares"/> says. Call it before any Listen: endpoints take their defaults when they are made. A host calls <see cref="AddDoors"/> and
    /// <see cref="DoorChecks.UseDoorChecks"/> as well.
    /// </summary>
    public static void ConfigureDoors(this KestrelServerOptions options, DoorLimits limits)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(limits);
        if (Environment.Version < _firstSafeRuntime)
            throw new PlatformNotSupportedException($".NET {Environment.Version} has a known request smuggling hole; install .NET {_firstSafeRuntime} or newer");

        // Read by Kestrel when its first connection comes in. Without it a bare LF ends a header line.
        AppContext.SetSwitch("Microsoft.AspNetCore.Server.Kestrel.DisableHttp1LineFeedTerminators", true);
        options.AddServerHeader = false;
        options.AllowSynchronousIO = false;
        var shares = new ConnectionShares(limits, TimeProvider.System);
        options.ConfigureEndpointDefaults(endpoint =>
        {
            endpoint.Protocols = HttpProtocols.Http1;
            endpoint.Use(next => connection => shares.ServeAsync(connection, next));
        });
        options.RequestHeaderEncodingSelector = static name => string.Equals(name, "Content-Length", StringComparison.OrdinalIgnoreCase) ? _digitsOnly : null!;
        options.Limits.MaxRequestBodySize = limits.MaxBodyBytes;
        options.Limits.MaxRequestLineSize = limits.MaxRequestLineBytes;
        options.Limits.MaxRequestHeadersTotalSize = limits.MaxHeaderBytes;
        options.Limits.MaxRequestHeaderCount = limits.MaxHeaders;
        // Kestrel asks that it is not below the request line's.
        options.Limits.MaxRequestBufferSize = Math.Max(1 << 20, Math.Max(limits.MaxRequestLineBytes, limits.MaxHeaderBytes));
        options.Limits.RequestHeadersTimeout = limits.HeaderTimeout;
        options.Limits.KeepAliveTimeout = limits.IdleTimeout;
        // Kestrel's own limit turns new connections away, and so whoever has something to say while others are silent.
        options.Limits.MaxConcurrentConnections = null;
        if (limits.MinimumRates)
            return;
        options.Limits.MinRequestBodyDataRate = null;
        options.Limits.MinResponseDataRate = null;
    }

    /// <summary>What belongs to the doors and is not an option of Kestrel: how far ahead sockets are read, and what is not logged.</summary>
    public static IServiceCollection AddDoors(this IServiceCollection services)
    {
        services.Configure<SocketTransportOptions>(static sockets => sockets.MaxReadBufferSize = DoorLimits.TransportBufferBytes);
        // What reaches Kestrel itself is what clients did, such as a broken end of a body that nobody wanted; it would be logged as an error with a stack.
        // A failure of a handler is logged by the checks, see DoorChecks.
        services.AddLogging(static logging => logging
            .AddFilter("Microsoft.AspNetCore.Server.Kestrel", LogLevel.Critical)
            .AddFilter("Microsoft.AspNetCore.Server.Kestrel.Connections", LogLevel.Critical)
            .AddFilter("Microsoft.AspNetCore.Server.Kestrel.BadRequests", LogLevel.Critical));
        return services;
    }
}

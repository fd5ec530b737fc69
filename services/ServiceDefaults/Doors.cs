using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Tidemark.ServiceDefaults;

/// <summary>Hardens Kestrel in one place; what each setting answers is tested over raw sockets.</summary>
public static class Doors
{
    /// <summary>
    /// The runtimes below this one are open to CVE-2025-55315 (chunk extensions with a bare LF); a listener refuses to start on them.
    /// </summary>
    private static readonly Version _firstSafeRuntime = new(10, 0, 0);

    private static readonly DigitsOnlyEncoding _digitsOnly = new();

    /// <summary>HTTP/1.1 only, no Server header, the limits of <paramref name="limits"/>; bare LF in headers and lengths with a sign are refused. Call it before any Listen: endpoints take their defaults when they are made.</summary>
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
        options.ConfigureEndpointDefaults(static endpoint => endpoint.Protocols = HttpProtocols.Http1);
        options.RequestHeaderEncodingSelector = static name => string.Equals(name, "Content-Length", StringComparison.OrdinalIgnoreCase) ? _digitsOnly : null!;
        options.Limits.MaxRequestBodySize = limits.MaxBodyBytes;
        options.Limits.MaxRequestLineSize = limits.MaxRequestLineBytes;
        options.Limits.MaxRequestHeadersTotalSize = limits.MaxHeaderBytes;
        options.Limits.MaxRequestHeaderCount = limits.MaxHeaders;
        options.Limits.RequestHeadersTimeout = limits.HeaderTimeout;
        options.Limits.KeepAliveTimeout = limits.IdleTimeout;
        options.Limits.MaxConcurrentConnections = limits.MaxConnections;
    }
}

namespace Tidemark.ServiceDefaults;

/// <summary>What a public HTTP listener takes before any handler sees the request.</summary>
public sealed record DoorLimits
{
    /// <summary>Bytes of a request body on the wire that are read at all, be it to pass over them; default 4 MiB. More is answered 413 without reading it.</summary>
    public long MaxBodyBytes { get; init; } = 4 << 20;

    /// <summary>Bytes of the request line; default 4 KiB. More is answered 414.</summary>
    public int MaxRequestLineBytes { get; init; } = 4 << 10;

    /// <summary>Bytes of all headers together; default 16 KiB. More is answered 431.</summary>
    public int MaxHeaderBytes { get; init; } = 16 << 10;

    /// <summary>Number of headers; default 64. More is answered 431.</summary>
    public int MaxHeaders { get; init; } = 64;

    /// <summary>Time to send all headers; default 10 s.</summary>
    public TimeSpan HeaderTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Time a connection may be idle between requests; default 65 s, just over the 60 s of common load balancers, so that they close first.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromSeconds(65);

    /// <summary>Connections at a time; default 4,096. Further ones are closed.</summary>
    public long MaxConnections { get; init; } = 4096;
}

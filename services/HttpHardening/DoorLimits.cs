namespace Tidemark.HttpHardening;

/// <summary>What a public HTTP listener takes before any handler sees the request.</summary>
public sealed record DoorLimits
{
    /// <summary>
    /// Bytes of a request body on the wire that are read at all, even to drop them; default <see cref="DroppedBytes"/>: what a handler takes is its own, smaller limit. Null is no
    /// limit.
    /// </summary>
    public long? MaxBodyBytes { get; init; } = DroppedBytes;

    /// <summary>Bytes of the request line; default 4 KiB. More is answered 414.</summary>
    public int MaxRequestLineBytes { get; init; } = 4 << 10;

    /// <summary>Bytes of all headers together, and of all trailers; default 16 KiB. More is answered 431.</summary>
    public int MaxHeaderBytes { get; init; } = 16 << 10;

    /// <summary>Number of headers; default 64. More is answered 431.</summary>
    public int MaxHeaders { get; init; } = 64;

    /// <summary>Time to send all headers, from their first byte; default 10 s.</summary>
    public TimeSpan HeaderTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Time from the connection to the whole headers of its first request; default 10 s. Then it is closed, whatever it has sent by then.</summary>
    public TimeSpan FirstRequestTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Time a connection may be idle between requests; default 65 s, just over the 60 s of common load balancers, so that they close first.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromSeconds(65);

    /// <summary>Longest silence in the middle of a body before the connection is closed; default 60 s.</summary>
    public TimeSpan BodySilence { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Whether bodies have to come, and answers to be taken, with at least 240 bytes a second after 5 s (Kestrel's own rule); default true.</summary>
    public bool MinimumRates { get; init; } = true;

    /// <summary>Connections at a time; default 4,096. One more closes the connection that has been silent longest, and is closed itself when all are at work.</summary>
    public int MaxConnections { get; init; } = 4096;

    /// <summary>
    /// Bytes of unfinished headers, and of whatever else was read and not used yet, over all connections; default 64 MiB. Beyond it the connection that holds most is closed.
    /// What waits in the sockets' own buffers comes on top: at most <see cref="TransportBufferBytes"/> for each connection.
    /// </summary>
    public long MaxUnreadBytes { get; init; } = 64L << 20;

    /// <summary>Bytes of a refused request's body that are read and dropped, so that its client hears the answer: 256 MiB.</summary>
    public const long DroppedBytes = 256L << 20;

    /// <summary>Bytes that are taken from a socket ahead of whoever reads them: 64 KiB. Kestrel's own 1 MiB for each connection would be 4 GiB for all.</summary>
    public const int TransportBufferBytes = 64 << 10;
}

using Microsoft.Extensions.Logging;

namespace Tidemark.ServiceDefaults.Logging;

/// <summary>How a line of the log is written.</summary>
public enum LogFormat
{
    /// <summary>Plain on a terminal, else JSON.</summary>
    Auto,

    /// <summary>One JSON object a line.</summary>
    Json,

    /// <summary>Text.</summary>
    Plain,
}

/// <summary>The log of a service, on standard output. Times are UTC; no message names a person, an id, a key or an address of a client.</summary>
public sealed record LogOptions
{
    /// <summary>Auto, Json or Plain; auto is plain on a terminal and JSON elsewhere. Default Auto.</summary>
    public LogFormat Format { get; init; } = LogFormat.Auto;

    /// <summary>The least level that is written: Trace, Debug, Information, Warning, Error, Critical or None. Default Information.</summary>
    public LogLevel Level { get; init; } = LogLevel.Information;
}

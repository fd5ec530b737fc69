using Microsoft.Extensions.Logging;

namespace Tidemark.ClickHouse.Embedded;

/// <summary>What the supervisor logs.</summary>
internal static partial class EngineLog
{
    [LoggerMessage(1, LogLevel.Information, "The engine (process {ProcessId}) answers on port {Port}")]
    public static partial void Ready(ILogger logger, int processId, int port);

    [LoggerMessage(2, LogLevel.Warning, "The engine (process {ProcessId}) ended with status {Status} and is started again; it last said: {LastLine}")]
    public static partial void Died(ILogger logger, int processId, int status, string lastLine);

    [LoggerMessage(3, LogLevel.Error, "The engine did not start, and is tried again: {Reason}")]
    public static partial void NotStarted(ILogger logger, string reason);

    [LoggerMessage(4, LogLevel.Information, "engine: {Line}")]
    public static partial void Said(ILogger logger, string line);

    [LoggerMessage(5, LogLevel.Warning, "{Warning}")]
    public static partial void NotConfined(ILogger logger, string warning);
}

using Microsoft.Extensions.Logging;

namespace Tidemark.Collector;

/// <summary>Every message that the collector logs. None names a person, an id, a key or an address.</summary>
internal static partial class CollectorLog
{
    [LoggerMessage(1, LogLevel.Error, "A request to {Door} failed unexpectedly")]
    internal static partial void RequestFailed(this ILogger logger, string door, Exception exception);

    [LoggerMessage(2, LogLevel.Warning, "The log did not take an append, clients are told to retry: {Reason}")]
    internal static partial void AppendFailed(this ILogger logger, string reason);

    [LoggerMessage(3, LogLevel.Warning, "Rejected events could not be kept: {Reason}")]
    internal static partial void RejectedNotKept(this ILogger logger, string reason);
}

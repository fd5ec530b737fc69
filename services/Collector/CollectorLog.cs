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

    [LoggerMessage(4, LogLevel.Error, "{Partition} offset {Offset}: a message failed unexpectedly and is rejected as 'internal'")]
    internal static partial void MessageFailed(this ILogger logger, EventLog.TopicPartition partition, long offset, Exception exception);

    [LoggerMessage(5, LogLevel.Warning, "{Partition} is rolled back to its last commit and read again: {Reason}")]
    internal static partial void RolledBack(this ILogger logger, EventLog.TopicPartition partition, string reason);

    [LoggerMessage(6, LogLevel.Warning, "{Partition} waits {Seconds} s for the log: {Reason}")]
    internal static partial void LogAway(this ILogger logger, EventLog.TopicPartition partition, string reason, double seconds);

    [LoggerMessage(7, LogLevel.Information, "{Partition} is another collector's now")]
    internal static partial void Fenced(this ILogger logger, EventLog.TopicPartition partition);

    [LoggerMessage(8, LogLevel.Error, "{Partition} is stopped; an operator must act: {Reason}")]
    internal static partial void Stopped(this ILogger logger, EventLog.TopicPartition partition, string reason);

    [LoggerMessage(9, LogLevel.Error, "{Partition}: {Messages} messages from offset {Offset} on were removed by retention before they were read; reading goes on behind them")]
    internal static partial void MessagesLost(this ILogger logger, EventLog.TopicPartition partition, long messages, long offset);

    [LoggerMessage(10, LogLevel.Warning, "{Partition}: the last batch was not committed before the stop, the next start reads it again: {Reason}")]
    internal static partial void NoFinalCommit(this ILogger logger, EventLog.TopicPartition partition, string reason);

    [LoggerMessage(11, LogLevel.Warning, "{Partition} was deleted and made anew (it was read up to offset {Offset}); it is read from its start")]
    internal static partial void TopicMadeAnew(this ILogger logger, EventLog.TopicPartition partition, long offset);

    [LoggerMessage(12, LogLevel.Warning, "There was no memory for a request to {Door}, its client is told to retry: give the process more memory, or lower MaxInFlightBytes, now {Megabytes} MiB")]
    internal static partial void NoMemory(this ILogger logger, string door, long megabytes);
}

using Microsoft.Extensions.Logging;

namespace Tidemark.EventLog.RocksDb;

/// <summary>All log messages of the local log.</summary>
internal static partial class EventLogMessages
{
    [LoggerMessage(1, LogLevel.Information, "Log open in {Directory}: {Partitions} partitions, {Records} records held, {Bytes} bytes verified, in {Milliseconds} ms")]
    internal static partial void Opened(this ILogger logger, string directory, int partitions, long records, long bytes, long milliseconds);

    [LoggerMessage(2, LogLevel.Error, "The log in {Directory} cannot write; appends fail until it can")]
    internal static partial void WriteFailed(this ILogger logger, Exception error, string directory);

    [LoggerMessage(3, LogLevel.Information, "The log in {Directory} writes again")]
    internal static partial void WritesAgain(this ILogger logger, string directory);

    [LoggerMessage(4, LogLevel.Information, "{Partition}: {Records} records trimmed; it starts at {Start} now")]
    internal static partial void Trimmed(this ILogger logger, TopicPartition partition, long records, long start);

    [LoggerMessage(6, LogLevel.Error, "The retention check failed; it will be tried again")]
    internal static partial void RetentionFailed(this ILogger logger, Exception error);

    [LoggerMessage(7, LogLevel.Error, "The background check found damage")]
    internal static partial void DamageFound(this ILogger logger, Exception error);

    [LoggerMessage(8, LogLevel.Information, "The background check of {Bytes} bytes found no damage")]
    internal static partial void Verified(this ILogger logger, long bytes);

    [LoggerMessage(9, LogLevel.Warning, "Group {Group} did not give {Partition} up within {Seconds} s of closing; the log closes without it")]
    internal static partial void MemberLeftBehind(this ILogger logger, string group, TopicPartition partition, double seconds);

    [LoggerMessage(10, LogLevel.Error, "A write to {Directory} still hangs {Seconds} s after closing began; the files stay open until the process ends")]
    internal static partial void DiskHangs(this ILogger logger, string directory, double seconds);

    [LoggerMessage(11, LogLevel.Warning, "The disk of {Directory} has {Free} MiB left; below {Least} MiB events are refused: free some, or shorten what is kept")]
    internal static partial void DiskLow(this ILogger logger, string directory, long free, long least);

    [LoggerMessage(12, LogLevel.Error, "The disk of {Directory} has {Free} MiB left; the last {Least} MiB are kept for what the log holds already, so appends are refused until some are freed")]
    internal static partial void DiskShort(this ILogger logger, string directory, long free, long least);

    [LoggerMessage(13, LogLevel.Information, "The disk of {Directory} has {Free} MiB again; appends are taken")]
    internal static partial void DiskTakesAgain(this ILogger logger, string directory, long free);

    [LoggerMessage(14, LogLevel.Information, "The disk of {Directory} has {Free} MiB again, which is enough")]
    internal static partial void DiskHasRoom(this ILogger logger, string directory, long free);

    [LoggerMessage(15, LogLevel.Warning, "The disk of {Directory} does not say how much room it has ({Reason}); a full one will show when a write fails")]
    internal static partial void DiskUnknown(this ILogger logger, string directory, string reason);
}

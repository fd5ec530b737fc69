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

    [LoggerMessage(4, LogLevel.Information, "{Partition}: retention removed {Records} records; the log starts at {Start} now")]
    internal static partial void Trimmed(this ILogger logger, TopicPartition partition, long records, long start);

    [LoggerMessage(5, LogLevel.Warning, "{Partition}: retention would remove up to {Wanted}, but {Holder} still needs what follows {Floor}; disk use grows meanwhile")]
    internal static partial void RetentionHeld(this ILogger logger, TopicPartition partition, long wanted, string holder, long floor);

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
}

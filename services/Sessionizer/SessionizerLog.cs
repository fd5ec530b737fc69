using Microsoft.Extensions.Logging;
using Tidemark.EventLog;

namespace Tidemark.Sessionizer;

/// <summary>Every message that the sessionizer logs. An error means that a partition is stopped and an operator must act.</summary>
internal static partial class SessionizerLog
{
    [LoggerMessage(1, LogLevel.Information, "{Partition}: rebuilt from {Records} records in {Seconds:F1} s ({Commits} commit records); goes on at offset {Position} with {Open} open sessions")]
    public static partial void Rebuilt(this ILogger logger, TopicPartition partition, long records, double seconds, long commits, long position, int open);

    [LoggerMessage(2, LogLevel.Information, "{Partition}: rules changed to gap {GapMs} ms, disorder {DisorderMs} ms, lateness {LatenessMs} ms, and settings of their own for {Projects} projects, from offset {Position} on")]
    public static partial void RulesChanged(this ILogger logger, TopicPartition partition, long gapMs, long disorderMs, long latenessMs, int projects, long position);

    [LoggerMessage(3, LogLevel.Warning, "{Partition}: a transaction was rolled back ({Reason}); rebuilding from the last commit")]
    public static partial void RolledBack(this ILogger logger, TopicPartition partition, string reason);

    [LoggerMessage(4, LogLevel.Warning, "{Partition}: the log cannot be used now ({Reason}); trying until it can")]
    public static partial void LogAway(this ILogger logger, TopicPartition partition, string reason);

    [LoggerMessage(5, LogLevel.Information, "{Partition}: another member owns it now; this one stops")]
    public static partial void Fenced(this ILogger logger, TopicPartition partition);

    [LoggerMessage(6, LogLevel.Error, "{Partition}: stopped: {Reason}")]
    public static partial void Stopped(this ILogger logger, TopicPartition partition, string reason);

    [LoggerMessage(7, LogLevel.Warning, "{Partition}: {Count} records of offsets {From} to {To} are damaged, or are no events that a collector would have accepted; they are skipped and counted")]
    public static partial void Unreadable(this ILogger logger, TopicPartition partition, long count, long from, long to);

    [LoggerMessage(8, LogLevel.Warning, "{Partition}: the last commit before the stop did not succeed ({Reason}); the next start repeats it")]
    public static partial void NoFinalCommit(this ILogger logger, TopicPartition partition, string reason);

    [LoggerMessage(9, LogLevel.Information, "{Partition}: replay at offset {Position} of {End}")]
    public static partial void Replaying(this ILogger logger, TopicPartition partition, long position, long end);

    [LoggerMessage(10, LogLevel.Warning,
        "{Partition}: {Count} records of {State} are not the sessionizer's and do not count; the first one, at offset {Offset}, {Reason}. Find out who writes to that topic")]
    public static partial void ForeignCommits(this ILogger logger, TopicPartition partition, long count, TopicPartition state, long offset, string reason);

    [LoggerMessage(11, LogLevel.Warning, "{Partition}: its topic is begun anew, as asked: {Reason}")]
    public static partial void BegunAnew(this ILogger logger, TopicPartition partition, string reason);

    [LoggerMessage(19, LogLevel.Warning, "{Partition}: goes on at offset {Offset} without its state, as asked; about {GivenUp} open sessions are given up. {Reason}")]
    public static partial void Reset(this ILogger logger, TopicPartition partition, long offset, int givenUp, string reason);

    [LoggerMessage(12, LogLevel.Warning,
        "Sessionizers of this group have different settings: {Others} are cut by others' settings, while this one has gap {GapMs} ms, disorder {DisorderMs} ms, lateness {LatenessMs} ms and {Projects} projects "
        + "with settings of their own. Sessions depend on who owns the partition: give all of them the same")]
    public static partial void SettingsDiffer(this ILogger logger, string others, long gapMs, long disorderMs, long latenessMs, int projects);

    [LoggerMessage(13, LogLevel.Warning, "{Partition}: the snapshot at offset {Offset} is passed over: {Reason}")]
    public static partial void SnapshotPassedOver(this ILogger logger, TopicPartition partition, long offset, string reason);

    [LoggerMessage(14, LogLevel.Information, "{Partition}: {Parts} parts of snapshots belong to none that is whole, and are passed over")]
    public static partial void TornSnapshots(this ILogger logger, TopicPartition partition, int parts);

    [LoggerMessage(15, LogLevel.Debug, "{Partition}: snapshot at offset {Offset}, {Bytes} bytes")]
    public static partial void SnapshotTaken(this ILogger logger, TopicPartition partition, long offset, long bytes);

    [LoggerMessage(16, LogLevel.Warning, "{Partition}: the log behind it is not shortened now ({Reason}); trying again every minute")]
    public static partial void NotTrimmed(this ILogger logger, TopicPartition partition, string reason);

    [LoggerMessage(18, LogLevel.Warning, "{Partition}: a commit was not stored ({Reason}); it is tried again")]
    public static partial void CommitRepeated(this ILogger logger, TopicPartition partition, string reason);

    [LoggerMessage(17, LogLevel.Debug, "{Partition}: what nobody needs any more is gone; it begins at offset {Start}")]
    public static partial void Trimmed(this ILogger logger, TopicPartition partition, long start);
}

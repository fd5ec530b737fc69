using Microsoft.Extensions.Logging;

namespace Tidemark.Aggregator;

/// <summary>Everything the aggregator logs. Error: data is at risk or an operator is needed.</summary>
internal static partial class AggregatorLog
{
    [LoggerMessage(1, LogLevel.Information, "Waiting for ClickHouse at {Url}: {Reason}")]
    public static partial void WaitingForClickHouse(this ILogger logger, Uri url, string reason);

    [LoggerMessage(2, LogLevel.Warning, "ClickHouse at {Url} does not answer, loading waits and goes on by itself: {Reason}")]
    public static partial void ClickHouseAway(this ILogger logger, Uri url, string reason);

    [LoggerMessage(3, LogLevel.Information, "ClickHouse answers again after {Seconds:F1} s")]
    public static partial void ClickHouseBack(this ILogger logger, double seconds);

    [LoggerMessage(4, LogLevel.Information, "Applied migration {Name}")]
    public static partial void MigrationApplied(this ILogger logger, string name);

    [LoggerMessage(24, LogLevel.Information, "Columns of a table keep the comments that they have: {Reason}")]
    public static partial void NotCommented(this ILogger logger, string reason);

    [LoggerMessage(5, LogLevel.Information, "Database {Database} is at migration {Version}, {Views} views are in place; loading begins")]
    public static partial void Migrated(this ILogger logger, string database, int version, int views);

    [LoggerMessage(6, LogLevel.Error, "Nothing is loaded into ClickHouse: {Reason}")]
    public static partial void CannotStart(this ILogger logger, string reason);

    [LoggerMessage(7, LogLevel.Information, "{Partition}: goes on at offset {Offset}, after sending its last batch of {Rows} rows again")]
    public static partial void Resumed(this ILogger logger, string partition, long offset, long rows);

    [LoggerMessage(8, LogLevel.Error,
        "{Partition}: ClickHouse refuses to be loaded from offset {Offset} on; other partitions may be refused for the same reason, /health/ready names them. Nothing is lost: the records stay in the log. "
        + "Loading is tried again every {Seconds} s and goes on by itself when the cause is mended. {Reason}")]
    public static partial void LoadingRefused(this ILogger logger, string partition, long offset, double seconds, string reason);

    [LoggerMessage(9, LogLevel.Error, "{Partition}: loading failed and begins again from the last batch in {Seconds} s")]
    public static partial void PartitionFailed(this ILogger logger, Exception exception, string partition, double seconds);

    [LoggerMessage(10, LogLevel.Error, "{Partition}: {Count} records from offset {Lo} to {Hi} cannot be read and are in no table")]
    public static partial void Unreadable(this ILogger logger, string partition, int count, long lo, long hi);

    [LoggerMessage(11, LogLevel.Error,
        "{Partition}: offsets {Lo} to {Hi} were removed from the log by its retention before they were loaded; they are in no table. Give the log a longer retention, or ClickHouse less downtime")]
    public static partial void RemovedBeforeLoading(this ILogger logger, string partition, long lo, long hi);

    [LoggerMessage(12, LogLevel.Information, "{Partition}: another loader planned offsets {Lo} to {Hi} first; its plan is taken")]
    public static partial void PlanLost(this ILogger logger, string partition, long lo, long hi);

    [LoggerMessage(13, LogLevel.Warning, "{Partition}: the engine had lost {Missing} of {Rows} rows of the batch from {Lo} to {Hi} in a crash; they are restored")]
    public static partial void RowsRepaired(this ILogger logger, string partition, long missing, long rows, long lo, long hi);

    [LoggerMessage(14, LogLevel.Warning, "{Rollup}: {Keys} keys did not agree with {Table} after a crash of the engine; they are rebuilt")]
    public static partial void RollupRepaired(this ILogger logger, string rollup, long keys, string table);

    [LoggerMessage(15, LogLevel.Error,
        "{Partition}: {Table} has {Actual} rows for the batch from {Lo} to {Hi}, which has {Rows}. Rows were counted twice; somebody else wrote to the table. Nothing was changed")]
    public static partial void TooManyRows(this ILogger logger, string partition, string table, long actual, long lo, long hi, long rows);

    [LoggerMessage(16, LogLevel.Information, "{Partition}: another member has it now; what was loaded stays loaded")]
    public static partial void Fenced(this ILogger logger, string partition);

    [LoggerMessage(17, LogLevel.Warning, "{Partition}: the log does not answer, loading goes on in {Seconds} s: {Reason}")]
    public static partial void LogAway(this ILogger logger, string partition, string reason, double seconds);

    [LoggerMessage(18, LogLevel.Warning,
        "{Rollup} could not be compared with its rows: others inserted for all of {Seconds} s. The next batch that is sent again compares the buckets that it touches")]
    public static partial void RollupNotCompared(this ILogger logger, string rollup, double seconds);

    [LoggerMessage(19, LogLevel.Error, "{Partition}: loading waits: {Reason}")]
    public static partial void TopicMadeAnew(this ILogger logger, string partition, string reason);

    [LoggerMessage(21, LogLevel.Warning,
        "{Partition}: the topic is begun anew: its offset {Offset} follows on offset {Before} of the topic that was deleted, whose rows stay in the tables")]
    public static partial void BegunAnew(this ILogger logger, string partition, long offset, long before);

    [LoggerMessage(22, LogLevel.Warning,
        "{Partition}: {State} holds records that are not the sessionizer's and do not count; the first one, at offset {Offset}, {Reason}. Find out who writes to that topic")]
    public static partial void ForeignCommits(this ILogger logger, string partition, string state, long offset, string reason);

    [LoggerMessage(23, LogLevel.Error, "{Partition}: loading does not get beyond offset {Offset}, and is tried again: {Reason}")]
    public static partial void NotInTheLog(this ILogger logger, string partition, long offset, string reason);

    [LoggerMessage(20, LogLevel.Error,
        "Nothing can be loaded into ClickHouse at {Url} yet; it is tried again every {Seconds} s, and loading begins by itself when the cause is mended. {Reason}")]
    public static partial void StartRefused(this ILogger logger, Uri url, double seconds, string reason);

    [LoggerMessage(20, LogLevel.Information, "{Partition}: import {Import} of project {Project} was undone; its rows are gone from {Table}")]
    public static partial void ImportRemoved(this ILogger logger, string partition, string import, string project, string table);

    [LoggerMessage(25, LogLevel.Warning,
        "{Partition}: a batch was sent by a loader that had lost the partition, and import {Import} of project {Project} was undone since; what it put back is taken out again")]
    public static partial void ImportCameLate(this ILogger logger, string partition, string import, string project);

    [LoggerMessage(21, LogLevel.Warning, "ClickHouse does not get on with deleting rows of an undone import from {Table} and goes on trying; loading of the partition waits for it: {Reason}")]
    public static partial void DeletionWaits(this ILogger logger, string table, string reason);

    [LoggerMessage(31, LogLevel.Warning, "{Partition}: what is in the tables is not cut from the log now ({Reason}); trying again every minute")]
    public static partial void NotTrimmed(this ILogger logger, string partition, string reason);

    [LoggerMessage(32, LogLevel.Error,
        "{Partition}: nothing of it was loaded into this database, and the log begins at offset {Start}: what was before is only in a database that was loaded then. Go back to that one, or bring its events into this one: "
        + "tidemark export --clickhouse URL, then tidemark import (README, \"When the log is gone\")")]
    public static partial void LogBeginsLater(this ILogger logger, string partition, long start);

    [LoggerMessage(30, LogLevel.Error,
        "There is no room left on the disk of ClickHouse at {Url}: make room. Loading waits and goes on by itself then; events are taken all the same and lie in the log. {Reason}")]
    public static partial void ClickHouseDiskFull(this ILogger logger, Uri url, string reason);
}

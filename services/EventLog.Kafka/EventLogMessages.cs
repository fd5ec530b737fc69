using Microsoft.Extensions.Logging;

namespace Tidemark.EventLog.Kafka;

/// <summary>All log messages of the log on Kafka.</summary>
internal static partial class EventLogMessages
{
    [LoggerMessage(101, LogLevel.Information, "Kafka at {Servers} answers; {Topics} topics are as they should be, {Created} of them made now; librdkafka {Version}")]
    internal static partial void Checked(this ILogger logger, string servers, int topics, int created, string version);

    [LoggerMessage(102, LogLevel.Warning, "Kafka at {Servers} does not answer ({Reason}); waiting for it, {Seconds:F0} s so far")]
    internal static partial void Waiting(this ILogger logger, string servers, string reason, double seconds);

    [LoggerMessage(103, LogLevel.Information, "Kafka at {Servers} answers again after {Seconds:F1} s")]
    internal static partial void Back(this ILogger logger, string servers, double seconds);

    [LoggerMessage(104, LogLevel.Critical, "The topics are not as they have to be: {Reason}")]
    internal static partial void WrongTopics(this ILogger logger, string reason);

    [LoggerMessage(105, LogLevel.Warning, "The brokers lost track of this producer ({Reason}); a new one takes its place")]
    internal static partial void ProducerBroken(this ILogger logger, string reason);

    [LoggerMessage(106, LogLevel.Information, "Group {Group}: given {Partitions}")]
    internal static partial void Assigned(this ILogger logger, string group, string partitions);

    [LoggerMessage(107, LogLevel.Information, "Group {Group}: asked to hand over {Partitions}")]
    internal static partial void Revoked(this ILogger logger, string group, string partitions);

    [LoggerMessage(108, LogLevel.Warning, "Group {Group}: {Partitions} are another member's already, after a silence of this one")]
    internal static partial void Lost(this ILogger logger, string group, string partitions);

    [LoggerMessage(109, LogLevel.Warning, "Group {Group}: {Partition} was not let go of within {Seconds} s; going on without waiting for it")]
    internal static partial void StillRunning(this ILogger logger, string group, TopicPartition partition, double seconds);

    [LoggerMessage(110, LogLevel.Error, "Group {Group}: {Reason}; joining again in {Seconds} s")]
    internal static partial void MembershipBroken(this ILogger logger, string group, string reason, double seconds);

    [LoggerMessage(111, LogLevel.Warning, "{Partition}: the commit's answer was lost ({Reason}); asking the log what became of it")]
    internal static partial void OutcomeUnknown(this ILogger logger, TopicPartition partition, string reason);

    [LoggerMessage(112, LogLevel.Information, "{Partition}: the commit to offset {Position} is {Outcome}")]
    internal static partial void OutcomeKnown(this ILogger logger, TopicPartition partition, long position, string outcome);

    [LoggerMessage(113, LogLevel.Warning, "{Partition}: waiting for its transactions to be taken over ({Reason})")]
    internal static partial void TakingOver(this ILogger logger, TopicPartition partition, string reason);

    [LoggerMessage(120, LogLevel.Warning, "{Partition}: the group's position could not be asked for; what a former owner may have left open under its transactional id was aborted, and it is asked for again")]
    internal static partial void LeftOpen(this ILogger logger, TopicPartition partition);

    [LoggerMessage(114, LogLevel.Information, "Group {Group}: {Reason}")]
    internal static partial void MembershipError(this ILogger logger, string group, string reason);

    [LoggerMessage(117, LogLevel.Debug, "{Partition}: {Reason}; the fetch is repeated")]
    internal static partial void ReadError(this ILogger logger, TopicPartition partition, string reason);

    [LoggerMessage(119, LogLevel.Warning, "{Partition}: {Records} offsets are there from {Position} on, and none came for {Seconds:F0} s; the fetch is begun anew")]
    internal static partial void FetchedAnew(this ILogger logger, TopicPartition partition, long records, long position, double seconds);

    [LoggerMessage(118, LogLevel.Debug, "The brokers do not say where partitions end: {Reason}")]
    internal static partial void EndsUnknown(this ILogger logger, string reason);

    [LoggerMessage(121, LogLevel.Information, "{Partition}: {Records} offsets trimmed; it starts at {Start} now")]
    internal static partial void Trimmed(this ILogger logger, TopicPartition partition, long records, long start);

    [LoggerMessage(115, LogLevel.Debug, "librdkafka {Facility}: {Text}")]
    private static partial void LibraryDebug(this ILogger logger, string facility, string text);

    [LoggerMessage(116, LogLevel.Warning, "librdkafka {Facility}: {Text}")]
    private static partial void LibraryWarning(this ILogger logger, string facility, string text);

    /// <summary>Levels are syslog's. Lost connections (3, facilities FAIL and ERROR) repeat for every try and are told once by <see cref="Waiting"/>.</summary>
    internal static void Library(this ILogger logger, int level, string facility, string text)
    {
        if (level <= 2)
            logger.LibraryWarning(facility, text);
        else
            logger.LibraryDebug(facility, text);
    }
}

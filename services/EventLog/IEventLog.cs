namespace Tidemark.EventLog;

/// <summary>
/// The one seam between the editions: partitioned topics with the guarantees of Kafka. Within a partition records have strictly increasing offsets and keep
/// their order; what <see cref="AppendAsync"/> acknowledged survives any crash; readers see committed records only; one owner per group and partition processes
/// it, and a transaction puts outputs and input position into the log together or not at all.
/// </summary>
public interface IEventLog : IAsyncDisposable
{
    /// <summary>Partitions of a topic; throws <see cref="ArgumentException"/> for a topic that was not defined.</summary>
    int PartitionCount(string topic);

    /// <summary>A pooled request for <see cref="AppendAsync"/>; dispose it after the append has completed.</summary>
    AppendRequest NewAppend(string topic);

    /// <summary>
    /// Appends all records of the request and completes when they are durable (fsync; acks=all). Concurrent requests share a group commit.
    /// <see cref="LogUnavailableException"/>: nothing was acknowledged, the records may or may not be there (the caller tells its client to retry).
    /// <see cref="LogFullException"/>: nothing was stored. Records of one request and partition stand one after
    /// another, as one run of offsets as far as no other process appends at the same time.
    /// </summary>
    ValueTask AppendAsync(AppendRequest request, CancellationToken cancellation);

    /// <summary>
    /// What the partition holds, asked of the log: on Kafka a question over the network. <see cref="LogUnavailableException"/> when it does not answer.
    /// </summary>
    ValueTask<LogRange> RangeAsync(TopicPartition partition, CancellationToken cancellation);

    /// <summary>
    /// Removes records before an offset, for good, whoever still reads them: a reader that stands there gets <see cref="LogOffsetOutOfRangeException"/> (on Kafka after what it has
    /// fetched already). None at or behind the offset goes, and none behind the committed end. The local log removes whole batches, so what shares a batch with the offset stays.
    /// An offset at or below the start changes nothing. Whoever asks must know that nobody needs the records.
    /// <para>The local log's new start is durable when this returns. Kafka's brokers note it within a minute (log.flush.start.offset.checkpoint.interval.ms): when all replicas crash
    /// before that, the start may be an older one again, with the records that were still on the disk.</para>
    /// <para><see cref="LogUnavailableException"/>: the brokers did not answer, or the log closes; the records may be gone or not, and asking again is harmless.
    /// <see cref="LogFullException"/>: not even the new start could be written. <see cref="LogSettingsException"/>: the brokers refuse it (no right to delete, or the topic's
    /// cleanup.policy was changed to compact without delete). <see cref="ArgumentException"/>: the topic's definition has not <see cref="TopicDefinition.MayBeTrimmed"/>; Kafka
    /// refuses to delete from a topic that is compacted only.</para>
    /// </summary>
    /// <returns>The first offset still held.</returns>
    ValueTask<long> TrimAsync(TopicPartition partition, long before, CancellationToken cancellation);

    /// <summary>
    /// The first offset that the age and size of the topic's definition let stay: all before it may go, as far as they are concerned. The start of the log when nothing may, never
    /// behind the committed end. The local log answers in borders of batches. Kafka goes by age alone: it does not say how many bytes lie before an offset. Of records whose times do
    /// not ascend, an older one behind a younger one stays as long as that.
    /// <see cref="LogUnavailableException"/> when the brokers do not answer.
    /// </summary>
    ValueTask<long> ExpiredAsync(TopicPartition partition, CancellationToken cancellation);

    /// <summary>
    /// The position that a group has committed: offset of the first record that it has not processed; null when it never committed one. It needs no membership. On Kafka the positions of
    /// <see cref="RunPositionGroupAsync"/> are committed once a second, and those of a group that has been empty for the brokers' offsets.retention.minutes (7 days) are forgotten.
    /// <see cref="LogUnavailableException"/> when the brokers do not answer.
    /// </summary>
    ValueTask<long?> PositionAsync(string group, TopicPartition partition, CancellationToken cancellation);

    /// <summary>
    /// What tells the topic from every other that had its name before: Kafka's topic id; in a local log, a random one that it is made with. A topic that was deleted and made anew has another, and
    /// its offsets mean other records. Asked at each call, so that what was read before the call is of this topic if it was the same one at the beginning.
    /// <see cref="LogUnavailableException"/> when the brokers do not say.
    /// </summary>
    ValueTask<string> IdentityAsync(string topic, CancellationToken cancellation);

    /// <summary>
    /// A reader of committed records from an offset on. An offset before the start of the log throws <see cref="LogOffsetOutOfRangeException"/> at the first read:
    /// removed records are never skipped silently.
    /// </summary>
    ILogReader OpenReader(TopicPartition partition, long offset);

    /// <summary>
    /// Joins a group and runs <paramref name="process"/> once for every partition this member is given, until cancelled. The token handed to it is cancelled when the
    /// partition is lost; it must return soon then. Its exceptions end the whole call.
    /// </summary>
    Task RunGroupAsync(
        string group, IReadOnlyList<string> topics, Func<IPartitionOwnership, CancellationToken, Task> process, CancellationToken cancellation);

    /// <summary>
    /// <see cref="RunGroupAsync"/> for a group that begins no transactions and only commits positions: nobody has to be fenced then, and what that costs is saved
    /// (on Kafka a producer per partition).
    /// </summary>
    Task RunPositionGroupAsync(
        string group, IReadOnlyList<string> topics, Func<IPartitionOwnership, CancellationToken, Task> process, CancellationToken cancellation) =>
        RunGroupAsync(group, topics, process, cancellation);

    /// <summary>
    /// The partitions that this process's members of the group own, those included whose process has not begun. Null while nobody knows: before the group has been joined, and while the
    /// membership is lost.
    /// </summary>
    IReadOnlyCollection<TopicPartition>? Assignment(string group);
}

/// <param name="Start">The first offset still held.</param>
/// <param name="End">The offset that the next record to be read will have or be after: records of open transactions, and all behind them, are not readable yet.</param>
/// <param name="Written">The offset after the last record written, committed or not; <paramref name="End"/> comes to it when the open transactions have ended.</param>
public readonly record struct LogRange(long Start, long End, long Written);

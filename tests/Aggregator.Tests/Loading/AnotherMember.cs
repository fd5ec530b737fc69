using Tidemark.EventLog;

namespace Tidemark.Aggregator.Tests.Loading;

/// <summary>The same log, whose groups have another name: its loaders own partitions that others own as well, and know nothing of them.</summary>
internal sealed class AnotherMember(IEventLog log) : IEventLog
{
    public int PartitionCount(string topic) => log.PartitionCount(topic);

    public AppendRequest NewAppend(string topic) => log.NewAppend(topic);

    public ValueTask AppendAsync(AppendRequest request, CancellationToken cancellation) => log.AppendAsync(request, cancellation);

    public ValueTask<LogRange> RangeAsync(TopicPartition partition, CancellationToken cancellation) => log.RangeAsync(partition, cancellation);

    public ValueTask<long> TrimAsync(TopicPartition partition, long before, CancellationToken cancellation) => log.TrimAsync(partition, before, cancellation);

    public ValueTask<long> ExpiredAsync(TopicPartition partition, CancellationToken cancellation) => log.ExpiredAsync(partition, cancellation);

    public ValueTask<long?> PositionAsync(string group, TopicPartition partition, CancellationToken cancellation) => log.PositionAsync(group, partition, cancellation);

    public ValueTask<string> IdentityAsync(string topic, CancellationToken cancellation) => log.IdentityAsync(topic, cancellation);

    public ILogReader OpenReader(TopicPartition partition, long offset) => log.OpenReader(partition, offset);

    public Task RunGroupAsync(string group, IReadOnlyList<string> topics, Func<IPartitionOwnership, CancellationToken, Task> process, CancellationToken cancellation) =>
        log.RunGroupAsync(group + "-another", topics, process, cancellation);

    public Task RunPositionGroupAsync(string group, IReadOnlyList<string> topics, Func<IPartitionOwnership, CancellationToken, Task> process, CancellationToken cancellation) =>
        log.RunPositionGroupAsync(group + "-another", topics, process, cancellation);

    public IReadOnlyCollection<TopicPartition>? Assignment(string group) => log.Assignment(group + "-another");

    /// <summary>The log is its owner's to close.</summary>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

using Tidemark.EventLog;

namespace Tidemark.Local.Hosting;

/// <summary>The log for the services: the same log, but the container does not close it; the pipeline does, after its services have stopped.</summary>
internal sealed class Shared(IEventLog log) : IEventLog
{
    public int PartitionCount(string topic) => log.PartitionCount(topic);

    public AppendRequest NewAppend(string topic) => log.NewAppend(topic);

    public ValueTask AppendAsync(AppendRequest request, CancellationToken cancellation) => log.AppendAsync(request, cancellation);

    public ValueTask<LogRange> RangeAsync(TopicPartition partition, CancellationToken cancellation) => log.RangeAsync(partition, cancellation);

    public ValueTask<long> TrimAsync(TopicPartition partition, long before, CancellationToken cancellation) => log.TrimAsync(partition, before, cancellation);

    public ValueTask<long> ExpiredAsync(TopicPartition partition, CancellationToken cancellation) => log.ExpiredAsync(partition, cancellation);

    public ValueTask<long?> PositionAsync(string group, TopicPartition partition, CancellationToken cancellation) => log.PositionAsync(group, partition, cancellation);

    public ValueTask<string> IdentityAsync(string topic, CancellationToken cancellation) => log.IdentityAsync(topic, cancellation);

    public IReadOnlyCollection<TopicPartition>? Assignment(string group) => log.Assignment(group);

    public ILogReader OpenReader(TopicPartition partition, long offset) => log.OpenReader(partition, offset);

    public Task RunGroupAsync(
        string group, IReadOnlyList<string> topics, Func<IPartitionOwnership, CancellationToken, Task> process, CancellationToken cancellation) =>
        log.RunGroupAsync(group, topics, process, cancellation);

    public Task RunPositionGroupAsync(
        string group, IReadOnlyList<string> topics, Func<IPartitionOwnership, CancellationToken, Task> process, CancellationToken cancellation) =>
        log.RunPositionGroupAsync(group, topics, process, cancellation);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

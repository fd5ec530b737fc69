using Tidemark.EventLog;

namespace Tidemark.Collector.Host;

/// <summary>Acknowledges appends at once and keeps nothing, so that a measurement shows what the doors cost and not the disk.</summary>
internal sealed class NoLog : IEventLog
{
    public int PartitionCount(string topic) => HostLog.Partitions;

    public AppendRequest NewAppend(string topic) => new(topic, HostLog.Partitions, null);

    public ValueTask AppendAsync(AppendRequest request, CancellationToken cancellation) => ValueTask.CompletedTask;

    public ValueTask<LogRange> RangeAsync(TopicPartition partition, CancellationToken cancellation) => ValueTask.FromResult(new LogRange(0, 0, 0));

    public ValueTask<long> TrimAsync(TopicPartition partition, long before, CancellationToken cancellation) => ValueTask.FromResult(0L);

    public ValueTask<long> ExpiredAsync(TopicPartition partition, CancellationToken cancellation) => ValueTask.FromResult(0L);

    public ValueTask<long?> PositionAsync(string group, TopicPartition partition, CancellationToken cancellation) => ValueTask.FromResult<long?>(null);

    public ValueTask<string> IdentityAsync(string topic, CancellationToken cancellation) => ValueTask.FromResult("none");

    public IReadOnlyCollection<TopicPartition>? Assignment(string group) => null;

    public ILogReader OpenReader(TopicPartition partition, long offset) => throw new NotSupportedException();

    public Task RunGroupAsync(string group, IReadOnlyList<string> topics, Func<IPartitionOwnership, CancellationToken, Task> process, CancellationToken cancellation) =>
        throw new NotSupportedException();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

namespace Tidemark.EventLog;

/// <summary>A log that is another one but for what a subclass changes. Disposing it does nothing: the other one is its owner's to close.</summary>
/// <param name="log">The other one.</param>
public abstract class ForwardingLog(IEventLog log) : IEventLog
{
    /// <summary>The other one.</summary>
    protected IEventLog Log => log;

    public virtual int PartitionCount(string topic) => log.PartitionCount(topic);

    public virtual AppendRequest NewAppend(string topic) => log.NewAppend(topic);

    public virtual ValueTask AppendAsync(AppendRequest request, CancellationToken cancellation) => log.AppendAsync(request, cancellation);

    public virtual ValueTask<LogRange> RangeAsync(TopicPartition partition, CancellationToken cancellation) => log.RangeAsync(partition, cancellation);

    public virtual ValueTask<long> TrimAsync(TopicPartition partition, long before, CancellationToken cancellation) => log.TrimAsync(partition, before, cancellation);

    public virtual ValueTask<long> ExpiredAsync(TopicPartition partition, CancellationToken cancellation) => log.ExpiredAsync(partition, cancellation);

    public virtual ValueTask<long?> PositionAsync(string group, TopicPartition partition, CancellationToken cancellation) => log.PositionAsync(group, partition, cancellation);

    public virtual ValueTask<string> IdentityAsync(string topic, CancellationToken cancellation) => log.IdentityAsync(topic, cancellation);

    public virtual ILogReader OpenReader(TopicPartition partition, long offset) => log.OpenReader(partition, offset);

    public virtual Task RunGroupAsync(
        string group, IReadOnlyList<string> topics, Func<IPartitionOwnership, CancellationToken, Task> process, CancellationToken cancellation) =>
        log.RunGroupAsync(group, topics, process, cancellation);

    public virtual Task RunPositionGroupAsync(
        string group, IReadOnlyList<string> topics, Func<IPartitionOwnership, CancellationToken, Task> process, CancellationToken cancellation) =>
        log.RunPositionGroupAsync(group, topics, process, cancellation);

    public virtual IReadOnlyCollection<TopicPartition>? Assignment(string group) => log.Assignment(group);

    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }
}

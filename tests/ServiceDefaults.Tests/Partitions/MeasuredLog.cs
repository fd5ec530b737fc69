using Tidemark.EventLog;

namespace Tidemark.ServiceDefaults.Tests.Partitions;

/// <summary>Says what its partition holds; nothing else is asked of it.</summary>
internal sealed class MeasuredLog : IEventLog
{
    public Func<LogRange> Range { get; set; } = static () => new LogRange(0, 0, 0);

    public ValueTask<LogRange> RangeAsync(TopicPartition partition, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        return new(Range());
    }

    public int PartitionCount(string topic) => 1;

    public AppendRequest NewAppend(string topic) => throw new NotSupportedException();

    public ValueTask AppendAsync(AppendRequest request, CancellationToken cancellation) => throw new NotSupportedException();

    public ValueTask<long> TrimAsync(TopicPartition partition, long before, CancellationToken cancellation) => throw new NotSupportedException();

    public ValueTask<long> ExpiredAsync(TopicPartition partition, CancellationToken cancellation) => throw new NotSupportedException();

    public long? Position { get; set; }

    public ValueTask<long?> PositionAsync(string group, TopicPartition partition, CancellationToken cancellation) => new(Position);

    public ValueTask<string> IdentityAsync(string topic, CancellationToken cancellation) => throw new NotSupportedException();

    public ILogReader OpenReader(TopicPartition partition, long offset) => throw new NotSupportedException();

    public Task RunGroupAsync(string group, IReadOnlyList<string> topics, Func<IPartitionOwnership, CancellationToken, Task> process, CancellationToken cancellation) =>
        throw new NotSupportedException();

    public IReadOnlyCollection<TopicPartition>? Assignment(string group) => [];

    public ValueTask DisposeAsync() => default;
}

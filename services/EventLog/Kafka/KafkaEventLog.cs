using Microsoft.Extensions.Logging;

namespace Tidemark.EventLog.Kafka;

public sealed class KafkaEventLog : IEventLog
{
    private readonly IReadOnlyList<TopicDefinition> _topics;

    private KafkaEventLog(IReadOnlyList<TopicDefinition> topics) => _topics = topics;

    public Task Checked { get; } = new TaskCompletionSource().Task;

    public static KafkaEventLog Create(KafkaLogOptions options, IReadOnlyList<TopicDefinition> topics, TimeProvider time, ILogger logger) => new(topics);

    public ValueTask<string?> WhyUnavailableAsync(TimeSpan patience, CancellationToken cancellation) => new($"stub {_topics.Count}");

    public int PartitionCount(string topic) => _topics.Single(t => t.Name == topic).Partitions;

    public AppendRequest NewAppend(string topic) => new(topic, PartitionCount(topic), null);

    public ValueTask AppendAsync(AppendRequest request, CancellationToken cancellation) => throw new LogUnavailableException("stub");

    public ValueTask<LogRange> RangeAsync(TopicPartition partition, CancellationToken cancellation) => throw new LogUnavailableException("stub");

    public ILogReader OpenReader(TopicPartition partition, long offset) => throw new LogUnavailableException("stub");

    public Task RunGroupAsync(string group, IReadOnlyList<string> topics, Func<IPartitionOwnership, CancellationToken, Task> process, CancellationToken cancellation) =>
        Task.Delay(Timeout.Infinite, cancellation);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

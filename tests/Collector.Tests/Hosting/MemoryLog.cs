using System.Collections.Concurrent;
using Tidemark.EventLog;

namespace Tidemark.Collector.Tests.Hosting;

/// <summary>An append-only log in memory, for tests of what the doors append; it can be told to fail or to wait.</summary>
internal sealed class MemoryLog(int partitions = 4) : IEventLog
{
    private readonly Lock _lock = new();
    private readonly Dictionary<TopicPartition, List<StoredRecord>> _records = [];

    internal ConcurrentQueue<Exception> Failures { get; } = [];

    internal TaskCompletionSource? Gate { get; set; }

    public int PartitionCount(string topic) => partitions;

    public AppendRequest NewAppend(string topic) => new(topic, partitions, null);

    public async ValueTask AppendAsync(AppendRequest request, CancellationToken cancellation)
    {
        if (Gate is { } gate)
            await gate.Task.WaitAsync(cancellation);
        if (request.Topic != Contracts.Topics.Rejected && Failures.TryDequeue(out var failure))
            throw failure;
        lock (_lock)
        {
            for (var p = 0; p < partitions; p++)
            {
                var list = ListOf(new TopicPartition(request.Topic, p));
                var set = request.Records(p);
                request.SetBaseOffset(p, list.Count);
                foreach (var record in new RecordSet(set.Data, list.Count, set.Count, set.BaseTimestampMs))
                    list.Add(new StoredRecord(p, record.Key.ToArray(), record.Value.ToArray()));
            }
        }
    }

    internal IReadOnlyList<StoredRecord> All(string topic)
    {
        lock (_lock)
            return [.. Enumerable.Range(0, partitions).SelectMany(p => ListOf(new TopicPartition(topic, p)))];
    }

    private List<StoredRecord> ListOf(TopicPartition partition) =>
        _records.TryGetValue(partition, out var list) ? list : _records[partition] = [];

    public ValueTask<LogRange> RangeAsync(TopicPartition partition, CancellationToken cancellation) => throw new NotSupportedException();

    public ValueTask<string> IdentityAsync(string topic, CancellationToken cancellation) => new("memory");

    public IReadOnlyCollection<TopicPartition>? Assignment(string group) => null;

    public ILogReader OpenReader(TopicPartition partition, long offset) => throw new NotSupportedException();

    public Task RunGroupAsync(string group, IReadOnlyList<string> topics, Func<IPartitionOwnership, CancellationToken, Task> process, CancellationToken cancellation) =>
        throw new NotSupportedException();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

internal sealed record StoredRecord(int Partition, byte[] Key, byte[] Value);

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

    /// <summary>That many appends succeed, all after them fail; null: all succeed.</summary>
    internal int? FailAfter { get; set; }

    public int PartitionCount(string topic) => partitions;

    public AppendRequest NewAppend(string topic) => new(topic, partitions, null);

    public async ValueTask AppendAsync(AppendRequest request, CancellationToken cancellation)
    {
        if (Gate is { } gate)
            await gate.Task.WaitAsync(cancellation);
        if (request.Topic != Contracts.Topics.Rejected && Failures.TryDequeue(out var failure))
            throw failure;
        if (FailAfter is { } left && (FailAfter = left - 1) < 0)
            throw new LogUnavailableException("away");
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

    public ValueTask<LogRange> RangeAsync(TopicPartition partition, CancellationToken cancellation)
    {
        lock (_lock)
            return ValueTask.FromResult(new LogRange(0, ListOf(partition).Count, ListOf(partition).Count));
    }

    public ValueTask<long> TrimAsync(TopicPartition partition, long before, CancellationToken cancellation) => throw new NotSupportedException();

    public ValueTask<long> ExpiredAsync(TopicPartition partition, CancellationToken cancellation) => throw new NotSupportedException();

    public ValueTask<long?> PositionAsync(string group, TopicPartition partition, CancellationToken cancellation) => throw new NotSupportedException();

    public ValueTask<string> IdentityAsync(string topic, CancellationToken cancellation) => new("memory");

    public IReadOnlyCollection<TopicPartition>? Assignment(string group) => null;

    public ILogReader OpenReader(TopicPartition partition, long offset) => new Reader(this, partition, offset);

    public Task RunGroupAsync(string group, IReadOnlyList<string> topics, Func<IPartitionOwnership, CancellationToken, Task> process, CancellationToken cancellation) =>
        throw new NotSupportedException();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>Reads to the end; there it does not wait.</summary>
    private sealed class Reader(MemoryLog log, TopicPartition partition, long offset) : ILogReader
    {
        private readonly RecordSetBuilder _set = new();

        public TopicPartition Partition => partition;

        public long Position { get; private set; } = offset;

        public bool AtEnd => Position == End;

        public long End { get; private set; } = offset;

        public RecordSet Records { get; private set; }

        public IReadOnlyList<LogTrace> Traces => [];

        public ValueTask<bool> ReadAsync(TimeSpan wait, CancellationToken cancellation)
        {
            lock (log._lock)
            {
                var list = log.ListOf(partition);
                var (from, count) = (Position, list.Count - (int)Position);
                _set.Clear();
                foreach (var record in list.Skip((int)from))
                    _set.Add(record.Key, record.Value, 1);
                Records = new RecordSet(_set.Data, from, count, _set.BaseTimestampMs);
                Position = End = list.Count;
                return ValueTask.FromResult(count > 0);
            }
        }

        public void Seek(long offset) => Position = offset;

        public void Dispose() => _set.Dispose();
    }
}

internal sealed record StoredRecord(int Partition, byte[] Key, byte[] Value);

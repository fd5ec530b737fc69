using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Tidemark.EventLog;

namespace Tidemark.ServiceDefaults.Telemetry;

/// <summary>What every partition that this process owns is at: written by its loop, read by gauges and health checks. A partition that is given up has no series here any more; its next owner tells them.</summary>
public sealed class OwnedPartitions<T>
    where T : class
{
    private readonly ConcurrentDictionary<TopicPartition, T> _partitions = new();

    public IEnumerable<KeyValuePair<TopicPartition, T>> All => _partitions;

    public T Enter(TopicPartition partition, T status) => _partitions[partition] = status;

    public void Leave(TopicPartition partition) => _partitions.TryRemove(partition, out _);

    /// <summary>One measurement per partition, tagged with topic and partition.</summary>
    public IEnumerable<Measurement<TValue>> Observe<TValue>(Func<T, TValue> value)
        where TValue : struct =>
        _partitions.Select(entry => new Measurement<TValue>(value(entry.Value), Tags(entry.Key)));

    /// <summary>The same, one per value of another tag.</summary>
    public IEnumerable<Measurement<long>> Observe(string tag, string[] values, Func<T, string, long> value) =>
        _partitions.SelectMany(entry => values.Select(one => new Measurement<long>(value(entry.Value, one), [.. Tags(entry.Key), new(tag, one)])));

    private static KeyValuePair<string, object?>[] Tags(TopicPartition partition) => [new("topic", partition.Topic), new("partition", partition.Partition)];
}

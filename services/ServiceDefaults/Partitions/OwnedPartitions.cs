using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Tidemark.EventLog;

namespace Tidemark.ServiceDefaults.Partitions;

/// <summary>
/// What every partition that this process owns is at: written by its loop, read by gauges and health checks. A partition that is given up has no series here any more; its next
/// owner tells them. One that was lost with the whole membership, because no broker answers, has no next owner: it keeps its series until the group says who owns what.
/// </summary>
/// <param name="log">Says whether the group's partitions are known; null: they always are.</param>
/// <param name="group">The group that the partitions are given by.</param>
public class OwnedPartitions<T>(IEventLog? log, string group)
    where T : PartitionStatus
{
    private readonly ConcurrentDictionary<TopicPartition, T> _owned = new();
    private readonly ConcurrentDictionary<TopicPartition, T> _orphaned = new();

    /// <summary>Those that are owned.</summary>
    public IEnumerable<KeyValuePair<TopicPartition, T>> All => _owned;

    public T Enter(TopicPartition partition, T status)
    {
        _orphaned.TryRemove(partition, out _);
        return _owned[partition] = status;
    }

    /// <summary>The partition is another's, or nobody's while no broker answers, or the service stops.</summary>
    public void Leave(TopicPartition partition)
    {
        if (!_owned.TryRemove(partition, out var status))
            return;
        // What comes in from now on is not seen here.
        status.Oldest.Some();
        if (NobodyKnows)
            _orphaned[partition] = status;
    }

    /// <summary>One measurement per partition, tagged with topic and partition.</summary>
    public IEnumerable<Measurement<TValue>> Observe<TValue>(Func<T, TValue> value)
        where TValue : struct =>
        Shown().Select(entry => new Measurement<TValue>(value(entry.Value), Tags(entry.Key)));

    /// <summary>The same, one per value of another tag.</summary>
    public IEnumerable<Measurement<long>> Observe(string tag, string[] values, Func<T, string, long> value) =>
        Shown().SelectMany(entry => values.Select(one => new Measurement<long>(value(entry.Value, one), [.. Tags(entry.Key), new(tag, one)])));

    private bool NobodyKnows => log is not null && log.Assignment(group) is null;

    private IEnumerable<KeyValuePair<TopicPartition, T>> Shown()
    {
        if (!_orphaned.IsEmpty && !NobodyKnows)
            _orphaned.Clear();
        return _owned.Concat(_orphaned);
    }

    private static KeyValuePair<string, object?>[] Tags(TopicPartition partition) => [new("topic", partition.Topic), new("partition", partition.Partition)];
}

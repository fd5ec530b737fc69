using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Tidemark.EventLog;
using Tidemark.ServiceDefaults.Telemetry;

namespace Tidemark.Sessionizer.Processing;

/// <summary>What every owned partition is at; read by the health check and the gauges.</summary>
internal sealed class SessionizerStatus(TimeProvider time)
{
    private static readonly string[] _states = ["running", "replaying", "stopped"];

    private readonly ConcurrentDictionary<TopicPartition, PartitionStatus> _partitions = new();

    public PartitionStatus Enter(TopicPartition partition) => _partitions[partition] = new PartitionStatus(time);

    /// <summary>The partition is another's, or the service stops.</summary>
    public void Leave(TopicPartition partition) => _partitions.TryRemove(partition, out _);

    public IEnumerable<KeyValuePair<TopicPartition, PartitionStatus>> All => _partitions;

    public IEnumerable<Measurement<long>> ObserveSessions()
    {
        foreach (var (partition, status) in _partitions)
        {
            yield return Measure(partition, status.Open, new("state", "open"));
            yield return Measure(partition, status.Kept, new("state", "kept"));
        }
    }

    public IEnumerable<Measurement<long>> ObserveLag()
    {
        foreach (var (partition, status) in _partitions)
            yield return Measure(partition, Math.Max(0, status.End - status.Position), default);
    }

    public IEnumerable<Measurement<double>> ObserveLagDuration()
    {
        foreach (var (partition, status) in _partitions)
            yield return new Measurement<double>(status.Oldest.Age.TotalSeconds, new("topic", partition.Topic), new("partition", partition.Partition));
    }

    public IEnumerable<Measurement<long>> ObserveStates()
    {
        foreach (var (partition, status) in _partitions)
        {
            var now = status.Stopped is not null ? "stopped" : status.Replaying ? "replaying" : "running";
            foreach (var state in _states)
                yield return Measure(partition, state == now ? 1 : 0, new("state", state));
        }
    }

    public IEnumerable<Measurement<double>> ObserveReplayRate()
    {
        foreach (var (partition, status) in _partitions)
            yield return new Measurement<double>(status.ReplayRate, new("topic", partition.Topic), new("partition", partition.Partition));
    }

    private static Measurement<long> Measure(TopicPartition partition, long value, KeyValuePair<string, object?> more)
    {
        KeyValuePair<string, object?>[] tags = more.Key is null
            ? [new("topic", partition.Topic), new("partition", partition.Partition)]
            : [new("topic", partition.Topic), new("partition", partition.Partition), more];
        return new Measurement<long>(value, tags);
    }
}

/// <summary>Written by the partition's worker, read by others: plain fields whose staleness does not matter.</summary>
internal sealed class PartitionStatus(TimeProvider time)
{
    public volatile bool Replaying = true;

    /// <summary>Why the partition stands still; null while it runs.</summary>
    public volatile string? Stopped;

    /// <summary>Since when the oldest record that is in no commit stands in the log; while the state is rebuilt, since when that goes on.</summary>
    public OldestWaiting Oldest { get; } = new(time);

    public long Position { get; set; }

    public long End { get; set; }

    public int Open { get; set; }

    public int Kept { get; set; }

    public double ReplayRate { get; set; }
}

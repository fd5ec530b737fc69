using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Tidemark.EventLog;
using Tidemark.ServiceDefaults.Telemetry;

namespace Tidemark.Aggregator.Loading;

/// <summary>What every owned partition is at; read by the gauges.</summary>
internal sealed class LoadStatus(TimeProvider time)
{
    private static readonly string[] _states = ["running", "stopped"];

    private readonly ConcurrentDictionary<TopicPartition, PartitionLoad> _partitions = new();

    public PartitionLoad Enter(TopicPartition partition) => _partitions[partition] = new PartitionLoad(time);

    /// <summary>Another member may load it from now on, and tells its lag.</summary>
    public void Leave(TopicPartition partition) => _partitions.TryRemove(partition, out _);

    public IEnumerable<Measurement<long>> ObserveLag() => Each<long>((load, tags) => [new(load.Lag, tags)]);

    public IEnumerable<Measurement<double>> ObserveLagDuration() => Each<double>((load, tags) => [new(load.Oldest.Age.TotalSeconds, tags)]);

    public IEnumerable<Measurement<double>> ObserveStalled() => Each<double>((load, tags) => [new(load.Stalled.TotalSeconds, tags)]);

    public IEnumerable<Measurement<long>> ObserveStates() => Each<long>((load, tags) =>
        _states.Select(state => new Measurement<long>(load.Stopped == (state == "stopped") ? 1 : 0, [.. tags, new("state", state)])));

    private IEnumerable<Measurement<T>> Each<T>(Func<PartitionLoad, KeyValuePair<string, object?>[], IEnumerable<Measurement<T>>> measure)
        where T : struct =>
        _partitions.SelectMany(entry => measure(entry.Value, [new("topic", entry.Key.Topic), new("partition", entry.Key.Partition)]));
}

/// <summary>Written by the partition's loader, read by others: plain fields whose staleness does not matter.</summary>
internal sealed class PartitionLoad(TimeProvider time)
{
    private long _loadedAt = time.GetTimestamp();

    /// <summary>ClickHouse refuses a batch for good; the partition stands still until somebody acts.</summary>
    public volatile bool Stopped;

    /// <summary>Since when the oldest record that is in no table stands in the log.</summary>
    public OldestWaiting Oldest { get; } = new(time);

    /// <summary>Offset after the last record that is loaded.</summary>
    public long Position { get; set; }

    /// <summary>Committed records that are not loaded yet.</summary>
    public long Lag { get; set; }

    /// <summary>How long nothing was loaded though something waits.</summary>
    public TimeSpan Stalled
    {
        get
        {
            var (waiting, idle) = (Oldest.Age, time.GetElapsedTime(Volatile.Read(ref _loadedAt)));
            return waiting < idle ? waiting : idle;
        }
    }

    /// <summary>A batch was acknowledged.</summary>
    /// <param name="newestMs">When its last record was appended; what is left was appended later.</param>
    public void Loaded(long position, long lag, long newestMs)
    {
        (Position, Lag) = (position, lag);
        Volatile.Write(ref _loadedAt, time.GetTimestamp());
        if (lag == 0)
            Oldest.None();
        else if (newestMs > 0)
            Oldest.From(newestMs);
    }

    /// <summary>What the reader knows while nothing is being loaded.</summary>
    public void Waits(long lag)
    {
        Lag = lag;
        if (lag == 0)
            Oldest.None();
        else
            Oldest.Some();
    }
}

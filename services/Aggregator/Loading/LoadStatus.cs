using Tidemark.EventLog;
using Tidemark.ServiceDefaults.Telemetry;

namespace Tidemark.Aggregator.Loading;

/// <summary>What every owned partition is at; read by the gauges.</summary>
internal sealed class LoadStatus(TimeProvider time)
{
    public static readonly string[] States = ["running", "stopped"];

    public OwnedPartitions<PartitionLoad> Partitions { get; } = new();

    public PartitionLoad Enter(TopicPartition partition) => Partitions.Enter(partition, new PartitionLoad(time));

    public void Leave(TopicPartition partition) => Partitions.Leave(partition);
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
    /// <param name="position">Offset after its last record.</param>
    /// <param name="lag">Records that wait behind it.</param>
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

using Tidemark.EventLog;
using Tidemark.ServiceDefaults.Telemetry;

namespace Tidemark.Sessionizer.Processing;

/// <summary>What every owned partition is at; read by the health check and the gauges.</summary>
internal sealed class SessionizerStatus(TimeProvider time, IEventLog? log = null)
{
    public static readonly string[] States = ["running", "replaying", "stopped"];

    public OwnedPartitions<PartitionStatus> Partitions { get; } = new(() => log is not null && log.Assignment(SessionizerService.Group) is null);

    public IEnumerable<KeyValuePair<TopicPartition, PartitionStatus>> All => Partitions.All;

    public PartitionStatus Enter(TopicPartition partition) => Partitions.Enter(partition, new PartitionStatus(time));

    /// <summary>The partition is another's, or nobody's while no broker answers, or the service stops.</summary>
    public void Leave(TopicPartition partition, PartitionStatus status)
    {
        status.Oldest.Some();
        Partitions.Leave(partition);
    }
}

/// <summary>Written by the partition's worker, read by others: plain fields whose staleness does not matter.</summary>
internal sealed class PartitionStatus(TimeProvider time)
{
    public volatile bool Replaying = true;

    /// <summary>Why the partition is stopped and an operator must act; null while it runs.</summary>
    public volatile string? Stopped;

    /// <summary>One of <see cref="SessionizerStatus.States"/>.</summary>
    public string State => Stopped is not null ? "stopped" : Replaying ? "replaying" : "running";

    /// <summary>Since when the oldest record that is in no commit stands in the log; while the state is rebuilt, since when that goes on.</summary>
    public OldestWaiting Oldest { get; } = new(time);

    public long Position { get; set; }

    public long End { get; set; }

    public int Open { get; set; }

    public int Kept { get; set; }

    public double ReplayRate { get; set; }
}

using Tidemark.EventLog;
using Tidemark.ServiceDefaults.Telemetry;

namespace Tidemark.Collector.IntakeTopic;

/// <summary>What every owned partition of the intake topic is at; read by the gauges.</summary>
internal sealed class IntakeStatus(TimeProvider time)
{
    internal static readonly string[] States = ["running", "stopped"];

    internal OwnedPartitions<IntakePartition> Partitions { get; } = new();

    internal IntakePartition Enter(TopicPartition partition) => Partitions.Enter(partition, new IntakePartition(time));
}

/// <summary>Written by the partition's worker, read by others: plain fields whose staleness does not matter.</summary>
internal sealed class IntakePartition(TimeProvider time)
{
    /// <summary>The partition stands still until somebody acts.</summary>
    internal volatile bool Stopped;

    internal OldestWaiting Oldest { get; } = new(time);

    /// <summary>Messages that no transaction has taken yet.</summary>
    internal long Lag { get; set; }

    /// <summary>What the loop knows when nothing of it is in an open batch.</summary>
    internal void Waits(long lag)
    {
        Lag = lag;
        if (lag == 0)
            Oldest.None();
        else
            Oldest.Some();
    }
}

using Tidemark.EventLog;
using Tidemark.ServiceDefaults.Telemetry;

namespace Tidemark.Collector.IntakeTopic;

/// <summary>What every owned partition of the intake topic is at; read by the gauges.</summary>
internal sealed class IntakeStatus(TimeProvider time, IEventLog? log = null)
{
    internal static readonly string[] States = ["running", "stopped"];

    internal OwnedPartitions<IntakePartition> Partitions { get; } = new(() => log is not null && log.Assignment(IntakeService.Group) is null);

    internal IntakePartition Enter(TopicPartition partition) => Partitions.Enter(partition, new IntakePartition(time));

    /// <summary>The partition is another's, or nobody's while no broker answers, or the service stops.</summary>
    internal void Leave(TopicPartition partition, IntakePartition status)
    {
        status.Oldest.Some();
        Partitions.Leave(partition);
    }
}

/// <summary>Written by the partition's worker, read by others: plain fields whose staleness does not matter.</summary>
internal sealed class IntakePartition(TimeProvider time)
{
    /// <summary>The partition is stopped; an operator must act.</summary>
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

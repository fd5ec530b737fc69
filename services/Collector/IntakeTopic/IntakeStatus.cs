using Tidemark.EventLog;
using Tidemark.ServiceDefaults.Partitions;

namespace Tidemark.Collector.IntakeTopic;

/// <summary>What every owned partition of the intake topic is at; read by the gauges.</summary>
internal sealed class IntakeStatus(TimeProvider time, IEventLog? log = null) : OwnedPartitions<PartitionStatus>(log, IntakeService.Group)
{
    internal static readonly string[] States = ["running", "stopped"];

    internal PartitionStatus Enter(TopicPartition partition) => Enter(partition, new PartitionStatus(time));
}

using Tidemark.EventLog;
using Tidemark.ServiceDefaults.Partitions;

namespace Tidemark.Sessionizer.Processing;

/// <summary>What every owned partition is at; read by the health check and the gauges.</summary>
internal sealed class SessionizerStatus(TimeProvider time, IEventLog? log = null) : OwnedPartitions<SessionizerPartition>(log, SessionizerService.Group)
{
    public static readonly string[] States = ["running", "replaying", "stopped"];

    public SessionizerPartition Enter(TopicPartition partition) => Enter(partition, new SessionizerPartition(time));
}

/// <summary>What a partition of the sessionizer is at.</summary>
internal sealed class SessionizerPartition(TimeProvider time) : PartitionStatus(time)
{
    /// <summary>One of <see cref="SessionizerStatus.States"/>.</summary>
    public override string StateName => State == PartitionState.Recovering ? "replaying" : base.StateName;

    public int Open { get; set; }

    public int Kept { get; set; }

    public double ReplayRate { get; set; }

    /// <summary>How long a recovery from the newest snapshot is expected to take.</summary>
    public TimeSpan Recovery { get; set; }
}

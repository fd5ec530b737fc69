namespace Tidemark.ServiceDefaults.Partitions;

/// <summary>
/// What an owned partition is at, for gauges and health checks. Written by its loop, read by others: plain fields whose staleness does not matter. Services add figures of their own by inheritance.
/// </summary>
public class PartitionStatus(TimeProvider time)
{
    private volatile bool _running;
    private volatile string? _stopped;

    /// <summary>What the partition is doing.</summary>
    public PartitionState State => _stopped is not null ? PartitionState.Stopped : _running ? PartitionState.Running : PartitionState.Recovering;

    /// <summary>The state by the name that gauges have for it.</summary>
    public virtual string StateName => State == PartitionState.Stopped ? "stopped" : "running";

    /// <summary>Why nothing goes on and an operator must act; null while it does.</summary>
    public string? Stopped => _stopped;

    /// <summary>Since when the oldest record that is not finished stands in the log; while nobody knows what waits, since when that is so.</summary>
    public OldestWaiting Oldest { get; } = new(time);

    /// <summary>Offset of the first record that is not finished.</summary>
    public long Position { get; set; }

    /// <summary>The committed end of the partition as last learnt.</summary>
    public long End { get; set; }

    /// <summary>Committed records that are not finished.</summary>
    public long Lag => Math.Max(0, End - Position);

    /// <summary>How often something was finished: a failure after that is the first of its kind again.</summary>
    internal long Advances { get; private set; }

    /// <summary>Where the partition is while nothing of it is in an open batch: nothing waits, or something whose age is counted from when this was first seen.</summary>
    public void At(long position, long end)
    {
        (Position, End) = (position, end);
        if (end > position)
            Oldest.Some();
        else
            Oldest.None();
    }

    /// <summary>Something was committed or loaded.</summary>
    public void Advanced() => Advances++;

    /// <summary>Recovery begins, or waits for its next attempt.</summary>
    public void Recovers() => _running = false;

    /// <summary>Recovery is done.</summary>
    public void Runs() => _running = true;

    /// <summary>Nothing goes on.</summary>
    public virtual void Stop(string reason)
    {
        _stopped = reason;
        Oldest.Some();
    }

    /// <summary>What stopped it is mended.</summary>
    public void GoOn() => _stopped = null;
}

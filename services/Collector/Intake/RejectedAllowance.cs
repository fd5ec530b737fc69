namespace Tidemark.Collector.Intake;

/// <summary>How many refused events may be kept in topic <c>events.rejected</c>, over all doors, so that a flood of garbage cannot fill the disk.</summary>
internal sealed class RejectedAllowance(CollectorOptions options, TimeProvider time)
{
    private readonly TokenBucket _bucket = new(options.RejectedPerSecond, options.RejectedBurst, time);

    internal int TakeUpTo(int events) => events == 0 ? 0 : _bucket.TakeUpTo(events);

    /// <summary>For what was taken and then surely not kept.</summary>
    internal void GiveBack(int events) => _bucket.Add(events);
}

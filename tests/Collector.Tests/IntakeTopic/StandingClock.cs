using Tidemark.Collector.Tests.Hosting;

namespace Tidemark.Collector.Tests.IntakeTopic;

/// <summary>The time of day stands still, so that what is stored is known; timers run, a hundred times as fast, so that pauses after failures cost nothing.</summary>
internal sealed class StandingClock : TimeProvider
{
    private const int Faster = 100;

    public override DateTimeOffset GetUtcNow() => CollectorHost.Now;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        base.CreateTimer(callback, state, dueTime > TimeSpan.Zero ? dueTime / Faster : dueTime, period);
}

namespace Tidemark.Sessionizer.Tests.Simulation;

/// <summary>A clock that stands still but for waits: whoever waits moves it on at once. One thread, no real time, the same run for the same seed.</summary>
internal sealed class VirtualTime : TimeProvider
{
    private long _ms = 1_700_000_000_000;

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeMilliseconds(_ms);

    public override long GetTimestamp() => _ms;

    public override long TimestampFrequency => 1000;

    public long Now => _ms;

    public void Advance(TimeSpan wait) => _ms += Math.Max(1, (long)Math.Ceiling(wait.TotalMilliseconds));

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        Advance(dueTime);
        callback(state);
        return new Fired();
    }

    private sealed class Fired : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => default;
    }
}

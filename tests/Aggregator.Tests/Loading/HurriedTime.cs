namespace Tidemark.Aggregator.Tests.Loading;

/// <summary>A clock that runs so many times as fast: pauses of the loader pass in it, while logs and engines keep their own.</summary>
internal sealed class HurriedTime(int factor) : TimeProvider
{
    private readonly long _began = System.GetTimestamp();
    private readonly DateTimeOffset _beganAt = System.GetUtcNow();

    public TimeSpan Elapsed => System.GetElapsedTime(_began) * factor;

    public override long GetTimestamp() => _began + (System.GetTimestamp() - _began) * factor;

    public override DateTimeOffset GetUtcNow() => _beganAt + Elapsed;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        System.CreateTimer(callback, state, Hurried(dueTime), Hurried(period));

    private TimeSpan Hurried(TimeSpan time) => time == Timeout.InfiniteTimeSpan ? time : time / factor;
}

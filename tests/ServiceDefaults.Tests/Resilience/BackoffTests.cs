using Tidemark.Resilience;

namespace Tidemark.ServiceDefaults.Tests.Resilience;

public sealed class BackoffTests
{
    private static readonly Backoff _backoff = new(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(10));

    [Fact]
    public void After_DoublesUpToTheLongest_HoweverManyFailures()
    {
        Assert.Equal([100, 200, 400, 800, 1600, 3200, 6400, 10_000, 10_000], Enumerable.Range(0, 9).Select(failures => _backoff.After(failures).TotalMilliseconds));
        Assert.Equal(TimeSpan.FromSeconds(10), _backoff.After(int.MaxValue));
    }

    [Fact]
    public void Jittered_IsAQuarterMoreOrLess_AndTheSameForASeed()
    {
        var seed = Environment.TickCount;
        List<TimeSpan> Pauses()
        {
            var backoff = _backoff with { Jitter = new Random(seed) };
            return [.. Enumerable.Range(0, 1000).Select(_ => backoff.Jittered(TimeSpan.FromSeconds(4)))];
        }

        var pauses = Pauses();
        Assert.All(pauses, pause => Assert.InRange(pause, TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(5)));
        Assert.True(pauses.Distinct().Count() > 900, $"seed {seed}");
        Assert.Equal(pauses, Pauses());
        Assert.Equal(TimeSpan.FromSeconds(4), _backoff.Jittered(TimeSpan.FromSeconds(4)));
    }
}

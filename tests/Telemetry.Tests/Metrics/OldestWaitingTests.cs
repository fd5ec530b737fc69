using Microsoft.Extensions.Time.Testing;
using Tidemark.Aggregator.Loading;
using Tidemark.ServiceDefaults.Partitions;

namespace Tidemark.Telemetry.Tests.Metrics;

public sealed class OldestWaitingTests
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 5, 4, 12, 0, 0, TimeSpan.Zero));

    private long Now => _time.GetUtcNow().ToUnixTimeMilliseconds();

    [Fact]
    public void Age_GrowsByTheClock_WithoutTheLoop()
    {
        var oldest = new OldestWaiting(_time);
        Assert.Equal(TimeSpan.Zero, oldest.Age);
        oldest.From(Now - 2_000);
        _time.Advance(TimeSpan.FromSeconds(40));
        Assert.Equal(TimeSpan.FromSeconds(42), oldest.Age);
        oldest.None();
        Assert.Equal(TimeSpan.Zero, oldest.Age);
    }

    [Fact]
    public void Some_CountsFromWhenItWasFirstSeen()
    {
        var oldest = new OldestWaiting(_time);
        oldest.Some();
        _time.Advance(TimeSpan.FromSeconds(3));
        oldest.Some();
        Assert.Equal(TimeSpan.FromSeconds(3), oldest.Age);
    }

    [Fact]
    public void ProducerWithAClockAhead_IsNotANegativeAge()
    {
        var oldest = new OldestWaiting(_time);
        oldest.From(Now + 60_000);
        Assert.Equal(TimeSpan.Zero, oldest.Age);
    }

    [Fact]
    public void Stalled_CountsFromTheLastLoad_AndOnlyWhileSomethingWaits()
    {
        var load = new PartitionLoad(_time);
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(TimeSpan.Zero, load.Stalled);
        // An old backlog, of which batches are loaded: behind, but not stalled.
        load.Oldest.From(Now - 3_600_000);
        load.Loaded(100, lag: 50, newestMs: Now - 3_000_000);
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal((TimeSpan.FromSeconds(3_005), TimeSpan.FromSeconds(5)), (load.Oldest.Age, load.Stalled));
        load.Loaded(150, lag: 0, newestMs: Now);
        _time.Advance(TimeSpan.FromHours(1));
        // Quiet for an hour, then something waits for two seconds.
        load.Waits(1);
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(TimeSpan.FromSeconds(2), load.Stalled);
        load.Waits(0);
        Assert.Equal(TimeSpan.Zero, load.Stalled);
    }
}

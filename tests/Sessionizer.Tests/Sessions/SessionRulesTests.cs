using Tidemark.Contracts.Sessions;
using Tidemark.Sessionizer.Sessions;

namespace Tidemark.Sessionizer.Tests.Sessions;

/// <summary>Each condition on both sides of its border.</summary>
public sealed class SessionRulesTests
{
    private static readonly SessionSettings Settings = new(GapMs: 30, DisorderMs: 5, LatenessMs: 200, MaxDurationMs: 1000, MaxEvents: 10);

    [Theory]
    [InlineData(799, 1000, true)]
    [InlineData(800, 1000, false)]
    [InlineData(-5000, SessionizerCommit.NoHorizon, false)]
    public void IsLate_OlderThanHorizonLessLateness_AndNothingBeforeTheFirstHorizon(long occurredAt, long horizon, bool late) =>
        Assert.Equal(late, Settings.IsLate(occurredAt, horizon));

    [Theory]
    [InlineData(100, 130, true)]
    [InlineData(100, 131, false)]
    public void Joins_UpToTheGap(long earlier, long later, bool joins) => Assert.Equal(joins, Settings.Joins(earlier, later));

    [Theory]
    [InlineData(130, false)]
    [InlineData(131, true)]
    public void IsClosed_WhenTheHorizonIsPastEndAndGap(long horizon, bool closed) => Assert.Equal(closed, Settings.IsClosed(100, horizon));

    [Fact]
    public void ClosingHorizon_IsTheFirstThatCloses()
    {
        var horizon = Settings.ClosingHorizon(100);
        Assert.True(Settings.IsClosed(100, horizon));
        Assert.False(Settings.IsClosed(100, horizon - 1));
    }

    /// <summary>The oldest event that is accepted once a session may be forgotten is further than the gap from it; one before, it is not.</summary>
    [Fact]
    public void ExpiresAt_IsWhenNoAcceptedEventCanJoin()
    {
        var kept = Settings.ExpiresAt(100);
        Assert.True(Settings.Joins(100, Oldest(kept)));
        Assert.False(Settings.Joins(100, Oldest(kept + 1)));

        static long Oldest(long horizon)
        {
            var oldest = horizon - Settings.LatenessMs;
            Assert.False(Settings.IsLate(oldest, horizon));
            Assert.True(Settings.IsLate(oldest - 1, horizon));
            return oldest;
        }
    }

    [Theory]
    [InlineData(1000, 10, nameof(SessionFlags.None))]
    [InlineData(1001, 10, nameof(SessionFlags.CapDuration))]
    [InlineData(1000, 11, nameof(SessionFlags.CapEvents))]
    [InlineData(1001, 11, nameof(SessionFlags.CapDuration))]
    public void BrokenCap_BeyondTheSettings_DurationFirst(long duration, long events, string cap) =>
        Assert.Equal(Enum.Parse<SessionFlags>(cap), Settings.BrokenCap(500, 500 + duration, events));
}

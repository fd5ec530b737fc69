using Tidemark.Collector.Tests.Hosting;

namespace Tidemark.Collector.Tests.IntakeTopic;

/// <summary>The clock stands at 12:00; messages have waited in the topic, or say so.</summary>
public sealed class MessageTimeTests
{
    private static readonly DateTimeOffset _today = new(2026, 5, 4, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    // Without a time of its own: when it was put into the topic, unless that cannot be.
    [InlineData("", "10:00", "10:00", 0)]
    [InlineData("", "12:00", "12:00", 0)]
    [InlineData("", "13:00", "12:00", 0)]
    // A wait of two hours is no wrong clock.
    [InlineData("\"timestamp\":\"2026-05-04T09:59\",\"sentAt\":\"2026-05-04T10:00\"", "10:00", "09:59", 0)]
    // A device that is an hour behind is corrected by what it is behind, not by the wait.
    [InlineData("\"timestamp\":\"2026-05-04T08:59\",\"sentAt\":\"2026-05-04T09:00\"", "10:00", "09:59", 3600_000)]
    // A device that sent in our future is ahead, whatever the message waited.
    [InlineData("\"timestamp\":\"2026-05-04T14:59\",\"sentAt\":\"2026-05-04T15:00\"", "10:00", "09:59", -5 * 3600_000)]
    // A message time before the sending proves nothing against the device: producers put the event's time there.
    [InlineData("\"timestamp\":\"2026-05-04T09:00\",\"sentAt\":\"2026-05-04T11:59\"", "09:00", "09:00", 0)]
    // A producer's clock of the future explains no wait and moves no event.
    [InlineData("\"timestamp\":\"2026-05-04T11:58\",\"sentAt\":\"2026-05-04T11:59\"", "23:00", "11:58", 0)]
    public void Time_OfAMessage_DoesNoHarm(string times, string message, string occurred, long skew)
    {
        var e = Judged.Of($$"""{"event":"e","anonymousId":"a"{{(times.Length > 0 ? "," : "")}}{{times}}}""", timestamp: At(message)).Single;
        Assert.Equal((At(occurred), CollectorHost.NowMs, skew), (e.OccurredAt, e.ReceivedAt, e.SkewMs));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(long.MinValue)]
    [InlineData(long.MaxValue)]
    public void Message_WithoutATime_IsOfNow(long timestamp) =>
        Assert.Equal(CollectorHost.NowMs, Judged.Of("""{"event":"e","anonymousId":"a"}""", timestamp: timestamp).Single.OccurredAt);

    [Fact]
    public void Message_OfLastYear_WithoutATimeInIt_IsTooOld() =>
        Assert.Equal("0:ts_too_old:shop", Judged.Of("""{"event":"e","anonymousId":"a"}""", timestamp: _today.AddYears(-1).ToUnixTimeMilliseconds()).Rejected);

    private static long At(string time) => _today.Add(TimeSpan.Parse(time, null)).ToUnixTimeMilliseconds();
}

using System.Globalization;
using Tidemark.Collector.Tests.Hosting;

namespace Tidemark.Collector.Tests.Intake;

public sealed class ClockTests
{
    /// <summary>Seconds relative to receipt: event, sending (none: absent); then the event time kept and the skew applied.</summary>
    [Theory]
    [InlineData(-60, null, -60, 0)]
    [InlineData(-60, 0.0, -60, 0)]
    [InlineData(-60, -300.0, -60, 0)]         // five minutes in the network: its own time
    [InlineData(-400, -301.0, -99, 301)]      // longer than any delay: the clock is behind
    [InlineData(-60, 5.0, -60, 0)]
    [InlineData(-60, 6.0, -66, -6)]           // ahead by more than five seconds: the clock is ahead
    [InlineData(200, null, 0, 0)]           // a little ahead: set to receipt
    [InlineData(300, null, 0, 0)]
    [InlineData(150_000_000, 150_000_060.0, -60, -150_000_060)]
    [InlineData(-230_000_030, -230_000_000.0, -30, 230_000_000)]
    [InlineData(17_135_712_000, 17_135_712_010.0, -10, -17_135_712_010)]   // a calendar 543 years ahead
    [InlineData(-2_592_000, null, -2_592_000, 0)]
    public void Live_Times_AreCorrectedAndClamped(double occurred, double? sent, double expected, double skew)
    {
        var batch = Batch.Read(Json(occurred, sent));
        Assert.Equal("", batch.Rejected);
        Assert.Equal((CollectorHost.NowMs + (long)(expected * 1000), (long)(skew * 1000), CollectorHost.NowMs), (batch.Single.OccurredAt, batch.Single.SkewMs, batch.Single.ReceivedAt));
    }

    [Theory]
    [InlineData(300.001, null, "ts_future")]
    [InlineData(86_400, null, "ts_future")]
    [InlineData(86_400, 3.0, "ts_future")]
    [InlineData(-2_592_000.001, null, "ts_too_old")]
    [InlineData(-2_592_000.001, -10.0, "ts_too_old")]
    public void Live_OutOfReach_IsRejected(double occurred, double? sent, string code) => Assert.Equal("0:" + code, Batch.Read(Json(occurred, sent)).Rejected);

    [Theory]
    [InlineData("\"1970-01-01T00:00:00Z\"", "ts_too_old")]
    [InlineData("\"9999-12-31T23:59:59Z\"", "ts_future")]
    [InlineData("\"2026-02-30T00:00:00Z\"", "ts_format")]
    [InlineData("\"\"", "ts_format")]
    [InlineData("1714557600", "ts_format")]
    [InlineData("{\"seconds\":1}", "ts_format")]
    [InlineData("true", "ts_format")]
    public void Live_BadTimestamp_IsRejectedAndNeverNow(string timestamp, string code) =>
        Assert.Equal("0:" + code, Batch.Read($$"""{"event":"e","anonymousId":"a","timestamp":{{timestamp}}}""").Rejected);

    [Fact]
    public void Live_BadSentAt_IsRejected() =>
        Assert.Equal("0:ts_format", Batch.Read("""{"event":"e","anonymousId":"a","timestamp":"2026-05-04T11:00:00Z","sentAt":"today"}""").Rejected);

    [Theory]
    [InlineData("")]
    [InlineData(""","timestamp":null""")]
    [InlineData(""","sentAt":"2020-01-01T00:00:00Z" """)]
    public void Live_NoTimestamp_IsReceipt(string members)
    {
        var e = Batch.Read($$"""{"event":"e","anonymousId":"a"{{members}}}""").Single;
        Assert.Equal((CollectorHost.NowMs, 0), (e.OccurredAt, e.SkewMs));
    }

    [Theory]
    [InlineData(""" "originalTimestamp":"2026-05-04T11:00:00Z" """, -3600)]
    [InlineData(""" "originalTimestamp":"2026-05-04T11:00:00Z","timestamp":"2026-05-04T11:30:00Z" """, -1800)]
    [InlineData(""" "originalTimestamp":"garbage","timestamp":"2026-05-04T11:30:00Z" """, -1800)]
    public void Live_OriginalTimestamp_StandsInForTimestamp(string members, int seconds) =>
        Assert.Equal(CollectorHost.NowMs + seconds * 1000, Batch.Read($$"""{"event":"e","anonymousId":"a",{{members}}}""").Single.OccurredAt);

    [Fact]
    public void Live_ServerFieldsFromTheClient_AreOverwritten()
    {
        var e = Batch.Read("""{"event":"e","anonymousId":"a","receivedAt":"1999-01-01T00:00:00Z","ip":"192.0.2.1","project":"other","partition":7}""").Single;
        Assert.Equal(("shop", CollectorHost.NowMs), (e.Project, e.ReceivedAt));
        Assert.Empty(e.Properties);
    }

    [Theory]
    [InlineData("1970-01-01T00:00:00Z")]
    [InlineData("1999-12-31T23:50:10Z")]
    [InlineData("2105-12-31T23:59:59.999Z")]
    public void History_Times_StayAsTheyAre(string time)
    {
        var e = Batch.Read($$"""{"event":"e","anonymousId":"a","timestamp":"{{time}}","sentAt":"what?","originalTimestamp":5,"receivedAt":1}""", history: true).Single;
        Assert.Equal((DateTimeOffset.Parse(time, CultureInfo.InvariantCulture).ToUnixTimeMilliseconds(), 0), (e.OccurredAt, e.SkewMs));
    }

    [Theory]
    [InlineData(""","timestamp":"1969-12-31T23:59:59.999Z" """, "ts_range")]
    [InlineData(""","timestamp":"2106-01-01T00:00:00Z" """, "ts_range")]
    [InlineData(""","timestamp":"9999-12-31T00:00:00Z" """, "ts_range")]
    [InlineData(""","timestamp":"24:00" """, "ts_format")]
    [InlineData(""","originalTimestamp":"2024-05-01" """, "ts_missing")]
    [InlineData("", "ts_missing")]
    public void History_NoUsableTime_IsRejected(string member, string code) =>
        Assert.Equal("0:" + code, Batch.Read($$"""{"event":"e","anonymousId":"a"{{member}}}""", history: true).Rejected);

    /// <summary>A collector that takes any age still takes only times that the tables hold, also when a correction makes them.</summary>
    [Theory]
    [InlineData("1969-12-31T23:59:59.999Z", null, "0:ts_range")]
    [InlineData("1970-01-01T00:00:00Z", null, "")]
    [InlineData("2026-05-04T12:00:00Z", "2082-09-05T00:00:01Z", "0:ts_range")]
    [InlineData("2026-05-04T12:00:00Z", "2082-09-05T00:00:00Z", "")]
    public void Live_OutsideOfWhatTheTablesHold_IsRejected_AfterTheCorrection(string timestamp, string? sentAt, string rejected)
    {
        var sent = sentAt is null ? "" : $",\"sentAt\":\"{sentAt}\"";
        var options = CollectorHost.Options with { MaxAge = TimeSpan.FromDays(40_000) };
        Assert.Equal(rejected, Batch.Read($$"""{"event":"e","anonymousId":"a","timestamp":"{{timestamp}}"{{sent}}}""", options: options).Rejected);
    }

    private static string Json(double occurred, double? sent)
    {
        var sentAt = sent is { } s ? $",\"sentAt\":\"{At(s)}\"" : "";
        return $$"""{"event":"e","anonymousId":"a","timestamp":"{{At(occurred)}}"{{sentAt}}}""";
    }

    private static string At(double seconds) =>
        CollectorHost.Now.AddMilliseconds(Math.Round(seconds * 1000)).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}

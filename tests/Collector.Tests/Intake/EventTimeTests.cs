using System.Globalization;
using System.Text;
using Tidemark.Collector.Intake;

namespace Tidemark.Collector.Tests.Intake;

public sealed class EventTimeTests
{
    [Theory]
    [InlineData("2024-05-01T10:00:00Z", "2024-05-01T10:00:00.000")]
    [InlineData("2024-05-01t10:00:00z", "2024-05-01T10:00:00.000")]
    [InlineData("2024-05-01 10:00:00", "2024-05-01T10:00:00.000")]
    [InlineData("2024-05-01T10:00", "2024-05-01T10:00:00.000")]
    [InlineData("2024-05-01T10:00Z", "2024-05-01T10:00:00.000")]
    [InlineData("2024-05-01", "2024-05-01T00:00:00.000")]
    [InlineData("2024-05-01T10:00:00.5Z", "2024-05-01T10:00:00.500")]
    [InlineData("2024-05-01T10:00:00.07Z", "2024-05-01T10:00:00.070")]
    [InlineData("2024-05-01T10:00:00.1239Z", "2024-05-01T10:00:00.123")]
    [InlineData("2024-05-01T10:00:00.76635Z", "2024-05-01T10:00:00.766")]
    [InlineData("2024-05-01T10:00:00.181396Z", "2024-05-01T10:00:00.181")]
    [InlineData("2024-05-01T10:00:00.5260382Z", "2024-05-01T10:00:00.526")]
    [InlineData("2024-05-01T10:00:00.999999999Z", "2024-05-01T10:00:00.999")]
    [InlineData("2024-05-01T10:00:00,250Z", "2024-05-01T10:00:00.250")]
    [InlineData("2024-05-01T10:00:00+00", "2024-05-01T10:00:00.000")]
    [InlineData("2024-05-01T10:00:00+0530", "2024-05-01T04:30:00.000")]
    [InlineData("2024-05-01T10:00:00+05:30", "2024-05-01T04:30:00.000")]
    [InlineData("2024-05-01T10:00:00-0000", "2024-05-01T10:00:00.000")]
    [InlineData("2024-05-01T10:00:00-03", "2024-05-01T13:00:00.000")]
    [InlineData("2024-05-01 10:00:00.123456+02", "2024-05-01T08:00:00.123")]
    [InlineData("2024-05-01 10:00:00 +0200", "2024-05-01T08:00:00.000")]
    [InlineData("2024-05-01T10:00:00.000+00:00", "2024-05-01T10:00:00.000")]
    [InlineData("2024-12-31T23:59:59.999-14:00", "2025-01-01T13:59:59.999")]
    [InlineData("2024-02-29T00:00:00Z", "2024-02-29T00:00:00.000")]
    [InlineData("2000-02-29T00:00:00Z", "2000-02-29T00:00:00.000")]
    [InlineData("0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000")]
    [InlineData("9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999")]
    [InlineData("1969-12-31T23:59:59.999Z", "1969-12-31T23:59:59.999")]
    [InlineData("2016-12-31T23:59:60Z", "2016-12-31T23:59:59.000")]
    [InlineData("2016-12-31T18:59:60.75-05:00", "2016-12-31T23:59:59.750")]
    [InlineData("2017-01-01 08:59:60.999+09", "2016-12-31T23:59:59.999")]
    [InlineData("1968-12-31T23:59:60", "1968-12-31T23:59:59.000")]
    public void TryParse_Readable_IsThatInstant(string text, string expected)
    {
        Assert.True(EventTime.TryParse(Encoding.UTF8.GetBytes(text), out var ms));
        Assert.Equal(expected, DateTimeOffset.FromUnixTimeMilliseconds(ms).ToString("yyyy-MM-dd'T'HH:mm:ss.fff", CultureInfo.InvariantCulture));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("2024")]
    [InlineData("2024-05")]
    [InlineData("2024-5-1")]
    [InlineData("2024-05-1T10:00:00Z")]
    [InlineData("2026-02-30T10:00:00Z")]
    [InlineData("2023-02-29T10:00:00Z")]
    [InlineData("1900-02-29T10:00:00Z")]
    [InlineData("2024-00-01T10:00:00Z")]
    [InlineData("2024-13-01T10:00:00Z")]
    [InlineData("2024-05-00T10:00:00Z")]
    [InlineData("2024-04-31T10:00:00Z")]
    [InlineData("0000-01-01T00:00:00Z")]
    [InlineData("10000-01-01T00:00:00Z")]
    [InlineData("2024-05-01T24:00:00Z")]
    [InlineData("2024-05-01T10:60:00Z")]
    [InlineData("2024-05-01T10:00:60Z")]
    [InlineData("2023-12-11T11:31:60.000Z")]
    [InlineData("2016-12-31T23:59:60-01:00")]
    [InlineData("2016-12-31T23:58:60Z")]
    [InlineData("2016-12-31T23:59:61Z")]
    [InlineData("2024-05-01T10:00:00.Z")]
    [InlineData("2024-05-01T10:00:00.1234567890Z")]
    [InlineData("2024-05-01T10:00:00+25:00")]
    [InlineData("2024-05-01T10:00:00+24:00")]
    [InlineData("2024-05-01T10:00:00+05:60")]
    [InlineData("2024-05-01T10:00:00+5")]
    [InlineData("2024-05-01T10:00:00+053")]
    [InlineData("2024-05-01T10:00:00+")]
    [InlineData("2024-05-01T10:00:00ZZ")]
    [InlineData("2024-05-01T10:00:00Z ")]
    [InlineData(" 2024-05-01T10:00:00Z")]
    [InlineData("2024-05-01T10:00:00 PM")]
    [InlineData("2024-05-01T")]
    [InlineData("2024-05-01T10")]
    [InlineData("2024-05-01T10:0")]
    [InlineData("2024-05-01T10:00:")]
    [InlineData("2024-05-01T10:00:0")]
    [InlineData("2024-05-01  10:00:00")]
    [InlineData("2024-05-01Z")]
    [InlineData("2024/05/01 10:00:00")]
    [InlineData("5/1/24 8:30 AM")]
    [InlineData("1714557600")]
    [InlineData("1714557600000")]
    [InlineData("Wed, 01 May 2024 10:00:00 GMT")]
    [InlineData("now")]
    [InlineData("٢٠٢٣-٠٦-٠٥T١٠:٤٨:٣٠.٥٠٠Z")]
    [InlineData("2023-06-05T10:48:3٠.500Z")]
    [InlineData("2024-05-01T10:00:00−03:00")]
    [InlineData("2024-05-01T10:00:00.12三Z")]
    public void TryParse_Other_IsRefused(string text) => Assert.False(EventTime.TryParse(Encoding.UTF8.GetBytes(text), out _));

    [Fact]
    public void TryParse_AnyInstantInAnyForm_AgreesWithDotNet() => Seeds.Each(unchanging: 1, fresh: 1, seed =>
    {
        var random = new Random(seed);
        string[] separators = ["T", "t", " "];
        string[] zones = ["zzz", "Z", ""];
        for (var i = 0; i < 50_000; i++)
        {
            var ticks = random.NextInt64(DateTime.MinValue.AddDays(1).Ticks, DateTime.MaxValue.AddDays(-1).Ticks);
            var offset = TimeSpan.FromMinutes(random.Next(-14 * 60, 14 * 60 + 1));
            var zone = zones[random.Next(3)];
            var time = new DateTimeOffset(new DateTime(ticks), zone == "zzz" ? offset : TimeSpan.Zero);
            var digits = random.Next(8);
            var format = $"yyyy-MM-dd'{separators[random.Next(3)]}'HH:mm:ss{(digits == 0 ? "" : "." + new string('f', digits))}";
            var text = time.ToString(format, CultureInfo.InvariantCulture) + (zone == "zzz" ? time.ToString("zzz", CultureInfo.InvariantCulture) : zone);
            var unit = digits == 0 ? TimeSpan.TicksPerSecond : (long)Math.Pow(10, 7 - digits);
            var expected = (time.UtcTicks / unit * unit - DateTime.UnixEpoch.Ticks) is var t ? (long)Math.Floor(t / (decimal)TimeSpan.TicksPerMillisecond) : 0;
            Assert.True(EventTime.TryParse(Encoding.UTF8.GetBytes(text), out var ms), $"{text}, seed {seed}");
            Assert.True(expected == ms, $"{text}: {ms}, not {expected}; seed {seed}");
        }
    });

    [Fact]
    public void TryParse_DamagedText_NeverThrowsNorReadsPastIt() => Seeds.Each(unchanging: 1, fresh: 1, seed =>
    {
        var random = new Random(seed);
        var good = Encoding.ASCII.GetBytes("2024-05-01T10:00:00.123456789+05:30");
        for (var i = 0; i < 100_000; i++)
        {
            var text = good[..random.Next(good.Length + 1)];
            for (var n = random.Next(3); n > 0 && text.Length > 0; n--)
                text[random.Next(text.Length)] = (byte)random.Next(256);
            // Whatever it takes, it takes as a time within the calendar.
            if (EventTime.TryParse(text, out var ms))
                Assert.InRange(ms, DateTimeOffset.MinValue.ToUnixTimeMilliseconds() - 86_400_000, DateTimeOffset.MaxValue.ToUnixTimeMilliseconds() + 86_400_000);
        }
    });
}

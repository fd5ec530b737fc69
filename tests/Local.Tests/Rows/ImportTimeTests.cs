using System.Globalization;
using System.Text;
using CsCheck;
using Tidemark.Contracts.Events;
using Tidemark.Local.Import.Rows;

namespace Tidemark.Local.Tests.Rows;

public sealed class ImportTimeTests
{
    [Theory]
    [InlineData("1970-01-01T00:00:00Z", "1970-01-01T00:00:00.000Z")]
    [InlineData("2105-12-31T23:59:59.999Z", "2105-12-31T23:59:59.999Z")]
    [InlineData("2024-03-05T12:00:00-03:30", "2024-03-05T15:30:00.000Z")]
    [InlineData("2024-03-05T12:00:00+05:45", "2024-03-05T06:15:00.000Z")]
    [InlineData("2024-02-29", "2024-02-29T00:00:00.000Z")]
    [InlineData(" 2024-03-05 12:00:00.1234567 ", "2024-03-05T12:00:00.123Z")]
    public void Read_Iso_GivesMilliseconds(string text, string expected)
    {
        Assert.Null(ImportTime.Read(Encoding.UTF8.GetBytes(text), TimeUnit.None, out var time));
        Assert.Equal(expected, Written(time));
    }

    // A test's arguments are public and the rejection is not: its code stands for it.
    [Theory]
    [InlineData("1969-12-31T23:59:59.999Z", "ts_range")]
    [InlineData("1970-01-01T00:00:00+00:01", "ts_range")]
    [InlineData("2106-01-01T00:00:00Z", "ts_range")]
    [InlineData("2105-12-31T23:59:59.999-00:01", "ts_range")]
    [InlineData("2024-02-30", "ts_format")]
    [InlineData("5/1/24 8:30 AM", "ts_format")]
    [InlineData("now", "ts_format")]
    [InlineData("1700000000", "ts_number")]
    [InlineData("-1700000000.5", "ts_number")]
    [InlineData("", "ts_missing")]
    [InlineData(" \t", "ts_missing")]
    public void Read_NoTime_SaysWhy(string text, string code) => Assert.Equal(code, ImportTime.Read(Encoding.UTF8.GetBytes(text), TimeUnit.None, out _)?.Code());

    [Theory]
    [InlineData("1700000000", 's', 1_700_000_000_000)]
    [InlineData("1700000000.5", 's', 1_700_000_000_500)]
    [InlineData("1700000000.9999999", 's', 1_700_000_000_999)]
    [InlineData("0", 's', 0)]
    [InlineData("1700000000123.9", 'm', 1_700_000_000_123)]
    [InlineData("1700000000123456", 'u', 1_700_000_000_123)]
    [InlineData("4291747199999.9", 'm', 4_291_747_199_999)]
    public void Read_NumberWithUnit_IsThatTimeRoundedDown(string text, char unit, long expected)
    {
        Assert.Null(ImportTime.Read(Encoding.UTF8.GetBytes(text), Unit(unit), out var time));
        Assert.Equal(expected, time);
    }

    [Theory]
    [InlineData("1700000000000", 's', "ts_range")]
    [InlineData("999999999999999999", 'u', "ts_range")]
    [InlineData("-1", 'u', "ts_range")]
    [InlineData("4291747200", 's', "ts_range")]
    [InlineData("99999999999999999999999999", 'm', "ts_range")]
    [InlineData("1.7e9", 's', "ts_format")]
    [InlineData("1.2.3", 's', "ts_format")]
    [InlineData("5.", 's', "ts_format")]
    public void Read_NumberOutOfRange_IsNeverWrapped(string text, char unit, string code) =>
        Assert.Equal(code, ImportTime.Read(Encoding.UTF8.GetBytes(text), Unit(unit), out _)?.Code());

    [Fact]
    public void Write_AnyTimeInRange_IsReadBackEqual() =>
        Gen.Long[EventTimes.EarliestMs, EventTimes.LatestMs].Sample(
            time => Assert.Equal(time, ImportTime.Read(Encoding.UTF8.GetBytes(Written(time)), TimeUnit.None, out var read) is null ? read : -1), iter: 20_000, threads: 1);

    [Fact]
    public void Read_AnyMillisecondsWithAnyOffset_AreTheInstant() =>
        Gen.Select(Gen.Long[EventTimes.EarliestMs, EventTimes.LatestMs], Gen.Int[-14 * 60, 14 * 60]).Sample(
            (time, minutes) =>
            {
                var local = DateTimeOffset.FromUnixTimeMilliseconds(time).ToOffset(TimeSpan.FromMinutes(minutes));
                var text = local.ToString("yyyy-MM-dd'T'HH:mm:ss.fffzzz", CultureInfo.InvariantCulture);
                Assert.Null(ImportTime.Read(Encoding.UTF8.GetBytes(text), TimeUnit.None, out var read));
                Assert.Equal(time, read);
            },
            iter: 5_000,
            threads: 1);

    private static TimeUnit Unit(char unit) => unit switch { 's' => TimeUnit.Seconds, 'm' => TimeUnit.Milliseconds, _ => TimeUnit.Microseconds };

    private static string Written(long time)
    {
        Span<byte> text = stackalloc byte[32];
        return Encoding.UTF8.GetString(text[..ImportTime.Write(time, text)]);
    }
}

using System.Buffers.Text;
using Tidemark.Collector.Intake;
using Tidemark.Contracts.Events;
using Tidemark.Local.Import.Rows;

namespace Tidemark.Local;

/// <summary>Unit of times that are numbers; without one a number is never taken for a time.</summary>
internal enum TimeUnit
{
    None,
    Seconds,
    Milliseconds,
    Microseconds,
}

/// <summary>
/// Reads times: ISO 8601 as the collector reads it, and numbers when their unit was said. Nothing is guessed: what a spreadsheet makes of a time is rejected.
/// </summary>
internal static class ImportTime
{
    private static readonly System.Buffers.SearchValues<byte> Number = System.Buffers.SearchValues.Create("0123456789."u8);

    /// <summary>Null when the text is a time; its value is milliseconds since 1970 UTC.</summary>
    public static Rejection? Read(ReadOnlySpan<byte> text, TimeUnit unit, out long milliseconds)
    {
        milliseconds = 0;
        text = text.Trim(" \t"u8);
        if (text.IsEmpty)
            return Rejection.NoTime;
        if (LooksLikeNumber(text))
            return unit == TimeUnit.None ? Rejection.TimeIsNumber : ReadNumber(text, unit, out milliseconds);
        if (!EventTime.TryParse(text, out milliseconds))
            return Rejection.TimeFormat;
        return EventTimes.IsInRange(milliseconds) ? null : Rejection.TimeRange;
    }

    private static bool LooksLikeNumber(ReadOnlySpan<byte> text)
    {
        if (text[0] is (byte)'-' or (byte)'+')
            text = text[1..];
        return !text.IsEmpty && text.IndexOfAnyExcept(Number) < 0;
    }

    private static Rejection? ReadNumber(ReadOnlySpan<byte> text, TimeUnit unit, out long milliseconds)
    {
        milliseconds = 0;
        var negative = text[0] == '-';
        if (text[0] is (byte)'-' or (byte)'+')
            text = text[1..];
        var point = text.IndexOf((byte)'.');
        var whole = point < 0 ? text : text[..point];
        var fraction = point < 0 ? default : text[(point + 1)..];
        if (whole.IsEmpty || fraction.Contains((byte)'.') || (point >= 0 && fraction.IsEmpty))
            return Rejection.TimeFormat;
        // More than 18 digits are out of range in any unit, and 18 fit into a long.
        if (whole.Length > 18 || !Utf8Parser.TryParse(whole, out long value, out _))
            return Rejection.TimeRange;
        var micros = (Int128)value * unit switch { TimeUnit.Seconds => 1_000_000, TimeUnit.Milliseconds => 1_000, _ => 1 };
        var weight = unit switch { TimeUnit.Seconds => 100_000, TimeUnit.Milliseconds => 100, _ => 0 };
        foreach (var digit in fraction)
        {
            micros += (digit - '0') * weight;
            weight /= 10;
        }
        if (negative)
            micros = -micros;
        var floor = micros / 1000 - (micros % 1000 < 0 ? 1 : 0);
        if (floor < EventTimes.EarliestMs || floor > EventTimes.LatestMs)
            return Rejection.TimeRange;
        milliseconds = (long)floor;
        return null;
    }

    /// <summary>The one form in which times are sent on: yyyy-MM-ddTHH:mm:ss.fffZ; returns the bytes written (24).</summary>
    public static int Write(long milliseconds, Span<byte> destination)
    {
        DateTimeOffset.FromUnixTimeMilliseconds(milliseconds).TryFormat(
            destination, out var written, "yyyy-MM-dd'T'HH:mm:ss.fff'Z'", System.Globalization.CultureInfo.InvariantCulture);
        return written;
    }
}

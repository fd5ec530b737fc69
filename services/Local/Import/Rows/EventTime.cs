using System.Buffers.Text;

namespace Tidemark.Local.Import.Rows;

/// <summary>Unit of times that are numbers; without one a number is never taken for a time.</summary>
internal enum TimeUnit
{
    None,
    Seconds,
    Milliseconds,
    Microseconds,
}

/// <summary>
/// Reads times: ISO 8601 with 0 to 9 digits of fraction (cut to milliseconds) and the usual offsets, without a zone UTC; ASCII digits only. A date alone is its
/// midnight. Nothing is guessed: what a spreadsheet makes of a time is rejected.
/// </summary>
internal static class EventTime
{
    /// <summary>What ClickHouse's DateTime64(3) holds without wrapping: 1900-01-01 up to, not including, 2300-01-01.</summary>
    public static readonly long Earliest = new DateTimeOffset(1900, 1, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();

    public static readonly long End = new DateTimeOffset(2300, 1, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();

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
        if (!TryIso(text, out milliseconds))
            return Rejection.TimeFormat;
        return milliseconds >= Earliest && milliseconds < End ? null : Rejection.TimeRange;
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
        // 18 digits of any unit are beyond 2299 in seconds and milliseconds and within it in microseconds.
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
        if (floor < Earliest || floor >= End)
            return Rejection.TimeRange;
        milliseconds = (long)floor;
        return null;
    }

    private static bool TryIso(ReadOnlySpan<byte> text, out long milliseconds)
    {
        milliseconds = 0;
        if (text.Length < 10 || !Digits(text, 0, 4, out var year) || text[4] != '-' || !Digits(text, 5, 2, out var month) || text[7] != '-'
            || !Digits(text, 8, 2, out var day))
            return false;
        if (year < 1 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month))
            return false;
        var at = 10;
        int hour = 0, minute = 0, second = 0, fraction = 0, offset = 0;
        if (at < text.Length)
        {
            if (text[at] is not ((byte)'T' or (byte)'t' or (byte)' ') || !Digits(text, 11, 2, out hour) || text.Length < 16 || text[13] != ':'
                || !Digits(text, 14, 2, out minute))
                return false;
            at = 16;
            if (at < text.Length && text[at] == ':')
            {
                if (!Digits(text, 17, 2, out second))
                    return false;
                at = 19;
                if (at < text.Length && text[at] is (byte)'.' or (byte)',' && !TryFraction(text, ref at, out fraction))
                    return false;
            }
            if (!TryOffset(text[at..], out offset))
                return false;
        }
        if (hour > 23 || minute > 59 || second > 59)
            return false;
        var ticks = new DateTime(year, month, day, hour, minute, second, DateTimeKind.Utc).Ticks - DateTime.UnixEpoch.Ticks;
        milliseconds = ticks / TimeSpan.TicksPerMillisecond + fraction - offset * 60_000L;
        return true;
    }

    private static bool TryFraction(ReadOnlySpan<byte> text, ref int at, out int milliseconds)
    {
        milliseconds = 0;
        var digits = 0;
        for (at++; at < text.Length && text[at] is >= (byte)'0' and <= (byte)'9'; at++, digits++)
        {
            if (digits < 3)
                milliseconds = milliseconds * 10 + text[at] - '0';
        }
        for (var i = digits; i < 3; i++)
            milliseconds *= 10;
        return digits is >= 1 and <= 9;
    }

    /// <summary>Minutes east of UTC; nothing and Z are 0. ±hh, ±hhmm and ±hh:mm up to 18 hours.</summary>
    private static bool TryOffset(ReadOnlySpan<byte> text, out int minutes)
    {
        minutes = 0;
        if (text.IsEmpty || (text.Length == 1 && text[0] is (byte)'Z' or (byte)'z'))
            return true;
        if (text[0] == ' ')
            return text.Length > 1 && text[1] is (byte)'+' or (byte)'-' && TryOffset(text[1..], out minutes);
        if (text[0] is not ((byte)'+' or (byte)'-') || !Digits(text, 1, 2, out var hours))
            return false;
        var rest = text[3..];
        if (rest.Length > 0 && rest[0] == ':')
            rest = rest[1..].IsEmpty ? "x"u8 : rest[1..];
        var more = 0;
        if (rest.Length != 0 && (rest.Length != 2 || !Digits(rest, 0, 2, out more)))
            return false;
        if (more > 59 || hours * 60 + more > 18 * 60)
            return false;
        minutes = (hours * 60 + more) * (text[0] == '-' ? -1 : 1);
        return true;
    }

    private static bool Digits(ReadOnlySpan<byte> text, int from, int count, out int value)
    {
        value = 0;
        if (from + count > text.Length)
            return false;
        foreach (var b in text.Slice(from, count))
        {
            if (b is < (byte)'0' or > (byte)'9')
                return false;
            value = value * 10 + b - '0';
        }
        return true;
    }

    /// <summary>The one form in which times are sent on: yyyy-MM-ddTHH:mm:ss.fffZ; returns the bytes written (24).</summary>
    public static int Write(long milliseconds, Span<byte> destination)
    {
        DateTimeOffset.FromUnixTimeMilliseconds(milliseconds).TryFormat(
            destination, out var written, "yyyy-MM-dd'T'HH:mm:ss.fff'Z'", System.Globalization.CultureInfo.InvariantCulture);
        return written;
    }
}

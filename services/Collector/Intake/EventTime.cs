namespace Tidemark.Collector.Intake;

/// <summary>
/// Reads ISO 8601 / RFC 3339 times in ASCII: a date, or a date and a time of day divided by 'T' or one space, with seconds or without, 0 to 9 digits of fraction
/// (cut to milliseconds), and no zone (UTC), 'Z', ±hh, ±hhmm or ±hh:mm. Second 60 is read as 59 where leap seconds are, at the end of a UTC day. Whatever it cannot read in full it refuses; it never guesses.
/// </summary>
public static class EventTime
{
    private const long DayMs = 86_400_000;

    /// <summary>Milliseconds since 1970 UTC of the years 0001 to 9999; false when the text is no such time.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out long unixMs)
    {
        unixMs = 0;
        if (text.Length < 10 || text[4] != '-' || text[7] != '-' || !Digits(text, 0, 4, out var year) || !Digits(text, 5, 2, out var month) || !Digits(text, 8, 2, out var day))
            return false;
        if (year < 1 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month))
            return false;
        unixMs = DaysSince1970(year, month, day) * DayMs;
        if (text.Length == 10)
            return true;
        if (text[10] is not ((byte)'T' or (byte)'t' or (byte)' '))
            return false;
        if (!TryTimeOfDay(text[11..], out var ofDay, out var read, out var isLeap) || !TryOffset(text[(11 + read)..], out var offset))
            return false;
        unixMs += ofDay - offset;
        return !isLeap || IsLastMinuteOfDay(unixMs);
    }

    /// <summary>Whether a leap second may stand in this minute: they are put in at the end of a UTC day (ITU-R TF.460).</summary>
    public static bool IsLastMinuteOfDay(long unixMs) => (unixMs % DayMs + DayMs) % DayMs >= DayMs - 60_000;

    private static bool TryTimeOfDay(ReadOnlySpan<byte> text, out long ms, out int read, out bool isLeap)
    {
        ms = 0;
        read = 5;
        isLeap = false;
        if (text.Length < 5 || text[2] != ':' || !Digits(text, 0, 2, out var hour) || !Digits(text, 3, 2, out var minute) || hour > 23 || minute > 59)
            return false;
        ms = (hour * 60L + minute) * 60_000;
        if (text.Length == 5 || text[5] != ':')
            return true;
        if (text.Length < 8 || !Digits(text, 6, 2, out var second) || second > 60)
            return false;
        isLeap = second == 60;
        ms += Math.Min(second, 59) * 1000L;
        read = 8;
        if (text.Length == 8 || text[8] is not ((byte)'.' or (byte)','))
            return true;
        var scale = 100;
        for (read = 9; read < text.Length && (uint)(text[read] - '0') <= 9; read++)
        {
            ms += (text[read] - '0') * scale;
            scale /= 10;
        }
        return read is > 9 and <= 18;
    }

    private static bool TryOffset(ReadOnlySpan<byte> text, out long ms)
    {
        ms = 0;
        // Databases and Ruby put a space before the offset.
        if (text.Length > 1 && text[0] == ' ')
            text = text[1..];
        if (text.IsEmpty)
            return true;
        if (text.Length == 1)
            return text[0] is (byte)'Z' or (byte)'z';
        if (text[0] is not ((byte)'+' or (byte)'-') || !Digits(text, 1, 2, out var hours))
            return false;
        var minutes = 0;
        var complete = text.Length switch
        {
            3 => true,
            5 => Digits(text, 3, 2, out minutes),
            6 => text[3] == ':' && Digits(text, 4, 2, out minutes),
            _ => false,
        };
        if (!complete || hours > 23 || minutes > 59)
            return false;
        ms = (hours * 60L + minutes) * (text[0] == '-' ? -60_000 : 60_000);
        return true;
    }

    private static bool Digits(ReadOnlySpan<byte> text, int start, int count, out int value)
    {
        value = 0;
        if (text.Length < start + count)
            return false;
        foreach (var b in text.Slice(start, count))
        {
            var digit = b - '0';
            if ((uint)digit > 9)
                return false;
            value = value * 10 + digit;
        }
        return true;
    }

    /// <summary>Days from the civil date, proleptic Gregorian; the year starts in March so that the leap day is its last.</summary>
    private static long DaysSince1970(int year, int month, int day)
    {
        if (month <= 2)
            year--;
        var era = year / 400;
        var ofEra = year - era * 400;
        var ofYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
        return era * 146_097L + ofEra * 365 + ofEra / 4 - ofEra / 100 + ofYear - 719_468;
    }
}

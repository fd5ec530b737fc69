using Tidemark.Collector.Intake;

namespace Tidemark.Local.Import.AccessLog;

/// <summary>The time of a line, <c>[05/Mar/2024:13:00:00 +0100]</c>: English month names whatever the machine speaks, and the line's own offset.</summary>
internal static class LogTime
{
    /// <summary>Length of the time with its brackets.</summary>
    public const int Length = 28;

    private static readonly byte[] Months = "JanFebMarAprMayJunJulAugSepOctNovDec"u8.ToArray();

    /// <summary>Where a bracketed time stands behind a blank; -1 when nowhere. The user name before it may hold brackets.</summary>
    public static int Find(ReadOnlySpan<byte> line, out long milliseconds)
    {
        milliseconds = 0;
        for (var from = 0; ;)
        {
            var found = line[from..].IndexOf(" ["u8);
            if (found < 0)
                return -1;
            var at = from + found + 1;
            if (line.Length - at >= Length && TryRead(line.Slice(at, Length), out milliseconds))
                return at;
            from = at;
        }
    }

    private static bool TryRead(ReadOnlySpan<byte> text, out long milliseconds)
    {
        milliseconds = 0;
        if (text[3] != '/' || text[7] != '/' || text[12] != ':' || text[15] != ':' || text[18] != ':' || text[21] != ' ' || text[27] != ']'
            || text[22] is not ((byte)'+' or (byte)'-'))
            return false;
        var month = Months.AsSpan().IndexOf(text[4..7]);
        if (month < 0 || month % 3 != 0 || !Digits(text[1..3], out var day) || !Digits(text[8..12], out var year) || !Digits(text[13..15], out var hour)
            || !Digits(text[16..18], out var minute) || !Digits(text[19..21], out var second) || !Digits(text[23..25], out var offsetHours)
            || !Digits(text[25..27], out var offsetMinutes))
            return false;
        month = month / 3 + 1;
        if (year < 1 || day < 1 || day > DateTime.DaysInMonth(year, month) || hour > 23 || minute > 59 || second > 60 || offsetHours > 18 || offsetMinutes > 59)
            return false;
        // A leap second is the last one of its day again: servers do write :60.
        var ticks = new DateTime(year, month, day, hour, minute, Math.Min(second, 59), DateTimeKind.Utc).Ticks - DateTime.UnixEpoch.Ticks;
        var offset = (offsetHours * 60 + offsetMinutes) * (text[22] == '-' ? -1 : 1);
        milliseconds = ticks / TimeSpan.TicksPerMillisecond - offset * 60_000L;
        return second < 60 || EventTime.IsLastMinuteOfDay(milliseconds);
    }

    private static bool Digits(ReadOnlySpan<byte> text, out int value)
    {
        value = 0;
        foreach (var b in text)
        {
            if (b is < (byte)'0' or > (byte)'9')
                return false;
            value = value * 10 + b - '0';
        }
        return true;
    }
}

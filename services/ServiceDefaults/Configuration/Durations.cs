using System.Globalization;

namespace Tidemark.ServiceDefaults.Configuration;

/// <summary>Durations as people write them: 500ms, 30s, 30m, 2h, 1d; fractions (1.5h) and sums (1h30m) too; and as .NET writes them: 00:30:00, 1.00:00:00.</summary>
public static class Durations
{
    private static readonly (string Unit, double Milliseconds)[] Units = [("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000)];

    private static readonly System.Buffers.SearchValues<char> Number = System.Buffers.SearchValues.Create("0123456789.");

    private static readonly TimeSpan Longest = TimeSpan.FromDays(3650);

    /// <summary>False for what is none, is negative or is longer than ten years.</summary>
    public static bool TryParse(string text, out TimeSpan duration)
    {
        ArgumentNullException.ThrowIfNull(text);
        var rest = text.AsSpan().Trim();
        // A number alone would be days to .NET and seconds to most people, so it is nothing here.
        if (rest.Contains(':'))
            return TimeSpan.TryParseExact(rest, "c", CultureInfo.InvariantCulture, out duration) && duration >= TimeSpan.Zero && duration <= Longest;
        duration = TimeSpan.Zero;
        if (rest.IsEmpty)
            return false;
        double total = 0;
        while (!rest.IsEmpty)
        {
            var length = rest.IndexOfAnyExcept(Number);
            if (length <= 0 || !double.TryParse(rest[..length], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
                return false;
            rest = rest[length..];
            var unit = rest.IndexOfAny(Number);
            var name = unit < 0 ? rest : rest[..unit];
            var found = -1;
            for (var i = 0; i < Units.Length; i++)
            {
                if (name.Equals(Units[i].Unit, StringComparison.Ordinal))
                    found = i;
            }
            if (found < 0)
                return false;
            total += number * Units[found].Milliseconds;
            rest = unit < 0 ? default : rest[unit..];
        }
        if (total > Longest.TotalMilliseconds)
            return false;
        duration = TimeSpan.FromMilliseconds(total);
        return true;
    }

    /// <summary>In the first form, down to milliseconds.</summary>
    public static string Format(TimeSpan duration)
    {
        if (duration == TimeSpan.Zero)
            return "0s";
        var text = "";
        var rest = (long)duration.TotalMilliseconds;
        foreach (var (unit, milliseconds) in Units.Reverse())
        {
            var count = rest / (long)milliseconds;
            rest -= count * (long)milliseconds;
            if (count > 0)
                text += count.ToString(CultureInfo.InvariantCulture) + unit;
        }
        return text;
    }
}

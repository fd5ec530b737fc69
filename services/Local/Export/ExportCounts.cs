using System.Globalization;

namespace Tidemark.Local.Export;

/// <summary>What an export made of the records it read.</summary>
internal sealed class ExportCounts
{
    /// <summary>Accepted events written.</summary>
    public long Events { get; set; }

    /// <summary>Accepted events outside the times asked for.</summary>
    public long Outside { get; set; }

    /// <summary>Records that had come before: not accepted a second time.</summary>
    public long Duplicates { get; set; }

    /// <summary>Events that came too late to be accepted.</summary>
    public long Late { get; set; }

    /// <summary>Accepted events of imports that were taken back.</summary>
    public long Undone { get; set; }

    /// <summary>Events written whose line is longer than a collector takes.</summary>
    public long TooLong { get; set; }

    /// <summary>All six, in this order, for <see cref="Parse"/>.</summary>
    public string ToText() => string.Create(CultureInfo.InvariantCulture, $"{Events},{Outside},{Duplicates},{Late},{TooLong},{Undone}");

    public static ExportCounts? Parse(string? text)
    {
        var parts = (text ?? "").Split(',');
        var numbers = new long[6];
        if (parts.Length != numbers.Length)
            return null;
        for (var i = 0; i < numbers.Length; i++)
        {
            if (!long.TryParse(parts[i], NumberStyles.None, CultureInfo.InvariantCulture, out numbers[i]))
                return null;
        }
        return new ExportCounts { Events = numbers[0], Outside = numbers[1], Duplicates = numbers[2], Late = numbers[3], TooLong = numbers[4], Undone = numbers[5] };
    }
}

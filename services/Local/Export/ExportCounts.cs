using System.Globalization;

namespace Tidemark.Local.Export;

/// <summary>What an export made of the rows that the tables hold.</summary>
internal sealed class ExportCounts
{
    /// <summary>Between numbers and between projects; no project's name has it.</summary>
    private const char Between = ',';

    /// <summary>Events written.</summary>
    public long Events { get; set; }

    /// <summary>Events outside the times asked for.</summary>
    public long Outside { get; init; }

    /// <summary>Events of the times asked for that came too late to be accepted.</summary>
    public long Late { get; init; }

    /// <summary>Events written whose line is longer than a collector takes.</summary>
    public long TooLong { get; set; }

    /// <summary>Projects of the events written.</summary>
    public IReadOnlyList<string> Projects { get; init; } = [];

    /// <summary>All of them, in this order, for <see cref="Parse"/>.</summary>
    public string ToText() => string.Join(Between, (string[])[.. new[] { Events, Outside, Late, TooLong }.Select(n => n.ToString(CultureInfo.InvariantCulture)), .. Projects]);

    public static ExportCounts? Parse(string text)
    {
        var parts = text.Split(Between);
        var numbers = new long[4];
        if (parts.Length < numbers.Length)
            return null;
        for (var i = 0; i < numbers.Length; i++)
        {
            if (!long.TryParse(parts[i], NumberStyles.None, CultureInfo.InvariantCulture, out numbers[i]))
                return null;
        }
        return new ExportCounts { Events = numbers[0], Outside = numbers[1], Late = numbers[2], TooLong = numbers[3], Projects = parts[numbers.Length..] };
    }
}

namespace Tidemark.Local.Demo.Report;

/// <summary>Which columns of an answer a line has room for, and how wide each is. Headers and numbers are never cut: a part of a number is another number.</summary>
internal sealed class ColumnFit
{
    /// <summary>A terminal's usual width, in columns.</summary>
    public const int UsualWidth = 80;

    /// <summary>A text cut to less says nothing.</summary>
    private const int ShortestText = 8;

    private readonly int[] _widths;

    private ColumnFit(int[] widths, IReadOnlyList<string> dropped) => (_widths, Dropped) = (widths, dropped);

    /// <summary>Columns shown, from the left.</summary>
    public int Count => _widths.Length;

    /// <summary>Names of the columns that there was no room for.</summary>
    public IReadOnlyList<string> Dropped { get; }

    public int Width(int column) => _widths[column];

    /// <param name="answer">What is to be shown.</param>
    /// <param name="width">Room, in columns of the terminal.</param>
    /// <param name="perColumn">What a column costs beside its cells.</param>
    /// <param name="frame">What the line costs beside its columns; below zero where the last column costs less.</param>
    public static ColumnFit Of(Answer answer, int width, int perColumn, int frame)
    {
        var natural = answer.Columns.Select((c, i) => answer.Rows.Select(r => r[i].Length).Append(c.Name.Length).Max()).ToArray();
        var least = answer.Columns.Select((c, i) => c.IsFixed ? natural[i] : Math.Min(natural[i], Math.Max(c.Name.Length, ShortestText))).ToArray();
        for (var count = natural.Length; ; count--)
        {
            var room = width - frame - perColumn * count;
            if (count > 1 && least.AsSpan(0, count).ToArray().Sum() > room)
                continue;
            var widths = natural[..count];
            // The widest text gives first, so that the short ones stay whole.
            while (widths.Sum() > room && Enumerable.Range(0, count).Where(i => widths[i] > least[i]).OrderByDescending(i => widths[i]).Cast<int?>().FirstOrDefault() is { } widest)
                widths[widest]--;
            return new ColumnFit(widths, [.. answer.Columns.Skip(count).Select(static c => c.Name)]);
        }
    }

    /// <summary>The cells of a row that are shown, each within its width.</summary>
    public IEnumerable<string> Cells(string[] row) => row.Take(Count).Select((cell, i) => cell.Length <= _widths[i] ? cell : string.Concat(cell.AsSpan(0, _widths[i] - 1), "…"));
}

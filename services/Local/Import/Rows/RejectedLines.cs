namespace Tidemark.Local.Import.Rows;

/// <summary>What was rejected: per code how many lines, and the first of their numbers.</summary>
internal sealed class RejectedLines
{
    /// <summary>Line numbers kept per code: enough to look at the file, not a copy of it.</summary>
    public const int NumbersKept = 10;

    private readonly SortedDictionary<string, Lines> _byCode = new(StringComparer.Ordinal);

    public long Count { get; private set; }

    public bool Any => Count > 0;

    public IEnumerable<(string Code, long Count, IReadOnlyList<long> First)> ByCode =>
        _byCode.OrderByDescending(p => p.Value.Count).Select(p => (p.Key, p.Value.Count, (IReadOnlyList<long>)[.. p.Value.First]));

    public long Of(string code) => _byCode.TryGetValue(code, out var lines) ? lines.Count : 0;

    public void Add(string code, long line)
    {
        Count++;
        if (!_byCode.TryGetValue(code, out var lines))
            _byCode.Add(code, lines = new Lines());
        lines.Count++;
        // What the collector refuses comes back in time order, so the smallest numbers are kept, not the first.
        lines.First.Add(line);
        if (lines.First.Count > NumbersKept)
            lines.First.Remove(lines.First.Max);
    }

    private sealed class Lines
    {
        public long Count { get; set; }

        public SortedSet<long> First { get; } = [];
    }
}

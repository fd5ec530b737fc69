using Tidemark.Contracts.Sessions;
using Tidemark.Sessionizer.Sessions;

namespace Tidemark.Sessionizer.Processing;

/// <summary>Collects what an interval does not count, consecutive offsets of one reason as one range; the loader of events leaves exactly these out.</summary>
internal sealed class SkippedRanges
{
    private readonly List<SkippedRange> _ranges = [];

    public IReadOnlyList<SkippedRange> All => _ranges;

    public void Add(long offset, Verdict verdict)
    {
        var reason = verdict switch
        {
            Verdict.Duplicate => SkipReason.Duplicate,
            Verdict.Unreadable => SkipReason.Unreadable,
            _ => SkipReason.Late,
        };
        if (_ranges.Count > 0 && _ranges[^1] is var last && last.Reason == reason && last.Offset + last.Count == offset)
            _ranges[^1] = last with { Count = last.Count + 1 };
        else
            _ranges.Add(new SkippedRange(offset, 1, reason));
    }

    public void Clear() => _ranges.Clear();

    /// <summary>The verdict on record for an offset; ranges are in offset order and <paramref name="at"/> moves along them.</summary>
    public static Verdict VerdictOf(IReadOnlyList<SkippedRange> ranges, ref int at, long offset)
    {
        while (at < ranges.Count && ranges[at].Offset + ranges[at].Count <= offset)
            at++;
        if (at == ranges.Count || ranges[at].Offset > offset)
            return Verdict.Counted;
        return ranges[at].Reason switch
        {
            SkipReason.Duplicate => Verdict.Duplicate,
            SkipReason.Unreadable => Verdict.Unreadable,
            _ => Verdict.Late,
        };
    }
}

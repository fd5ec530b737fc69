namespace Tidemark.Sessionizer.Snapshots;

/// <summary>
/// When the next snapshot pays: by what a recovery would cost, which is the records and the commit records since the last whole snapshot. Both are measured (load-tests/results):
/// a million records take about a second, and a commit record as long as 95 of them.
/// </summary>
/// <param name="target">How long a recovery may take; a snapshot is taken when it would take longer.</param>
internal sealed class SnapshotSchedule(TimeSpan target)
{
    private const double RecordsPerSecond = 1_000_000;
    private const double RecordsPerCommit = 95;
    private const double BytesPerSecond = 100e6;

    /// <summary>Who had more than this share of the target to repeat takes a snapshot at once: the next crash may come as soon as the last one.</summary>
    private const double ShareAfterRecovery = 0.2;

    /// <summary>Below this a snapshot at the stop saves nobody any time.</summary>
    private static readonly TimeSpan _worthwhile = TimeSpan.FromMilliseconds(20);

    private double _records;
    private double _recordsSinceBegun;
    private long _length;
    private bool _recovered;
    private bool _asked;

    /// <summary>How long a recovery is expected to take now.</summary>
    public TimeSpan Recovery => TimeSpan.FromSeconds(_records / RecordsPerSecond + _length / BytesPerSecond);

    /// <summary>Not sooner than its bytes are few beside what they save.</summary>
    public bool IsDue => _asked || (_records / RecordsPerSecond is var replay && (_recovered
        ? replay > ShareAfterRecovery * target.TotalSeconds
        : replay > target.TotalSeconds && replay > 4 * _length / BytesPerSecond));

    /// <summary>Whether the next owner would be there sooner for a snapshot.</summary>
    public bool IsWorthwhile => TimeSpan.FromSeconds(_records / RecordsPerSecond) > _worthwhile;

    /// <summary>Input records and commit records, taken or replayed.</summary>
    public void Add(long records, long commits)
    {
        var cost = records + commits * RecordsPerCommit;
        _records += cost;
        _recordsSinceBegun += cost;
    }

    /// <summary>A recovery from a snapshot of so many bytes repeated so much.</summary>
    public void Recovered(long records, long commits, long length)
    {
        (_records, _recordsSinceBegun, _length) = (0, 0, length);
        Add(records, commits);
        _recovered = true;
    }

    /// <summary>One is due whatever it costs: the log alone does not lead to this state.</summary>
    public void Ask() => _asked = true;

    public void Begun()
    {
        _recordsSinceBegun = 0;
        (_recovered, _asked) = (false, false);
    }

    /// <summary>The snapshot that was begun last is whole and in the log.</summary>
    public void Done(long length) => (_records, _length) = (_recordsSinceBegun, length);
}

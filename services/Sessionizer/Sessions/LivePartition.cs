using Tidemark.Contracts.Events;
using Tidemark.Contracts.Imports;
using Tidemark.Contracts.Sessions;

namespace Tidemark.Sessionizer.Sessions;

/// <summary>A partition of the live lane: one horizon for all visitors and projects, moved by events and by idle steps.</summary>
internal sealed class LivePartition(in SessionSettings settings, int duplicateWindow, long seed = 0) : PartitionRules(duplicateWindow)
{
    private readonly SessionSet _set = new(settings, history: false, importId: [], seed);
    private long _gapMs = settings.GapMs;

    public override long Horizon => _set.Horizon;

    public override int Kept => _set.Kept;

    public override int Open => _set.Open;

    public override bool HasClosed => _set.HasClosed;

    /// <summary>True when sessions.live would be told something.</summary>
    public bool AnyTouched() => _set.AnyTouched();

    public override void Use(in SessionSettings settings)
    {
        _gapMs = settings.GapMs;
        _set.Use(settings);
    }

    /// <summary>
    /// Where an idle step that wants to go to <paramref name="horizon"/> would go: never further than closing the last session takes, so that a long silence does not
    /// make late what comes after it. False when it would close nothing.
    /// </summary>
    public bool WouldIdle(ref long horizon)
    {
        if (_set.Open == 0)
            return false;
        horizon = Math.Min(horizon, _set.Latest + _gapMs + 1);
        return horizon > _set.Horizon && _set.WouldClose(horizon);
    }

    /// <summary>An idle step. It is recorded with the next commit point and repeated by a replay.</summary>
    public void Idle(long horizon) => _set.AdvanceTo(horizon);

    public override bool CommitPoint(bool flush, long revision, ISessionOutput? output)
    {
        var rows = RowsPerCommit;
        return _set.CommitPoint(null, ref rows, revision, output);
    }

    public void HarvestLive(long revision, int limit, ISessionOutput output) => _set.HarvestLive(revision, limit, output);

    public void AssumeLive() => _set.AssumeLive();

    protected override SessionSet? SetAhead => _set;

    protected override Verdict Judge(in EventFields e, bool duplicate, Verdict? recorded)
    {
        var verdict = recorded ?? (duplicate ? Verdict.Duplicate : _set.IsLate(e.OccurredAt) ? Verdict.Late : Verdict.Counted);
        if (verdict == Verdict.Counted)
            _set.Apply(e);
        return verdict;
    }

    protected override Verdict End(in ImportEnd marker) => Verdict.Unreadable;
}

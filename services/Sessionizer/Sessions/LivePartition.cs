using Tidemark.Contracts.Events;
using Tidemark.Contracts.Imports;
using Tidemark.Contracts.Sessions;

namespace Tidemark.Sessionizer.Sessions;

/// <summary>A partition of the live lane: one clock for all visitors and projects, moved by events; horizons per <see cref="RuleSet"/>, moved by idle steps too.</summary>
internal sealed class LivePartition(SettingsByProject settings, int duplicateWindow, long seed = 0) : PartitionRules(duplicateWindow)
{
    private readonly SessionSet _set = new(settings, history: false, importId: [], seed);
    private RuleSet? _judgedBy;

    public override long Horizon => HorizonOf(_judgedBy ?? _set.General);

    /// <summary>Of the projects without settings of their own.</summary>
    public long GeneralHorizon => HorizonOf(_set.General);

    /// <summary>The general rules first, then those of projects that have, or had, their own.</summary>
    public IReadOnlyList<RuleSet> RuleSets => _set.RuleSets;

    public override int Kept => _set.Kept;

    public override int Open => _set.Open;

    public override bool HasClosed => _set.HasClosed;

    /// <summary>True when sessions.live would be told something.</summary>
    public bool AnyTouched() => _set.AnyTouched();

    public override SettingsByProject Settings => _set.Settings;

    public override void Use(SettingsByProject settings) => _set.Use(settings);

    public long HorizonOf(RuleSet rules) => _set.HorizonOf(rules);

    /// <summary>
    /// Where an idle step that wants to take a rule set to <paramref name="horizon"/> would go: never further than closing the last session takes, so that a long silence does not
    /// make late what comes after it. False when it would close nothing.
    /// </summary>
    public bool WouldIdle(RuleSet rules, ref long horizon)
    {
        if (_set.Open == 0)
            return false;
        horizon = Math.Min(horizon, _set.LastHorizon(rules));
        return horizon > HorizonOf(rules) && _set.WouldClose(rules, horizon);
    }

    /// <summary>An idle step. It is recorded with the next commit point and repeated by a replay.</summary>
    public void Idle(long horizon) => _set.General.Idle(horizon);

    /// <summary>The same for a project that has, or had, settings of its own.</summary>
    public void Idle(ReadOnlySpan<byte> project, long horizon) => _set.RulesOf(project).Idle(horizon);

    public override bool CommitPoint(bool flush, long revision, ISessionOutput? output, int version = Version)
    {
        var rows = RowsPerCommit;
        return _set.CommitPoint(null, ref rows, revision, output, version);
    }

    public void HarvestLive(long revision, int limit, ISessionOutput output) => _set.HarvestLive(revision, limit, output);

    public void AssumeLive() => _set.AssumeLive();

    protected override SessionSet? SetAhead => _set;

    protected override Verdict Judge(in EventFields e, bool duplicate, Verdict? recorded)
    {
        var rules = _judgedBy = _set.RulesOf(e.Project);
        var verdict = recorded ?? (duplicate ? Verdict.Duplicate : _set.IsLate(e.OccurredAt, rules) ? Verdict.Late : Verdict.Counted);
        if (verdict == Verdict.Counted)
            _set.Apply(e, rules);
        else if (verdict == Verdict.Late)
            _set.Late(e.OccurredAt, rules);
        return verdict;
    }

    protected override int StreamOf(in EventFields e) => 0;

    protected override Verdict End(in ImportEnd marker) => Verdict.Unreadable;

    protected override Verdict Undo(in ImportUndo marker) => Verdict.Unreadable;

    protected override void SaveSessions(StateWriter state) => _set.Save(state);

    protected override void LoadSessions(StateReader state) => _set.Load(state);
}

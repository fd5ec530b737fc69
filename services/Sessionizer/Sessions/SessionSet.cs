using Tidemark.Contracts.Events;
using Tidemark.Contracts.Sessions;

namespace Tidemark.Sessionizer.Sessions;

/// <summary>
/// The sessions that share one clock: a live partition, or one import in one partition of the history lane. Pure: no clock of its own, no I/O, no randomness that shows;
/// what it does depends on the order of calls alone, so a replay of the same calls gives the same state.
/// </summary>
/// <remarks>
/// Invariants, by the conditions of <see cref="SessionRules"/>: the sessions of a visitor do not overlap; a session that is closed changes by late events only, and one that may be forgotten by none,
/// since an event that is accepted (event time &gt;= horizon - lateness) cannot be within the gap of it any more.
/// </remarks>
internal sealed class SessionSet
{
    private readonly SessionStore _store;
    private readonly RuleSets _rules;
    private readonly Deadlines _deadlines;
    private readonly ChangedSessions _changed;
    private readonly LiveFeed _live;
    private readonly Placement _placement;
    private readonly Emission _emission;
    private readonly SavedSessions _saved;

    /// <param name="settings">Rules from now on.</param>
    /// <param name="history">Lane.</param>
    /// <param name="importId">Import of the events; empty for live events and for history without an import.</param>
    /// <param name="seed">Seed of the hash tables.</param>
    public SessionSet(SettingsByProject settings, bool history, ReadOnlySpan<byte> importId, long seed)
    {
        _store = new SessionStore(seed);
        _rules = new RuleSets(settings, boundsLateness: !history || !importId.IsEmpty);
        _deadlines = new Deadlines(_store, _rules);
        var rows = new SessionRows(_store, importId, history);
        var sent = new SentRows(_store, rows);
        var pending = new PendingSessions(_store, _rules, _deadlines);
        _changed = new ChangedSessions(sent, pending);
        _live = new LiveFeed(_store, _rules, _changed);
        _placement = new Placement(_store, _deadlines, sent, _changed, _live);
        _emission = new Emission(_store, _rules, _deadlines, rows, sent, pending, _changed, _live);
        _saved = new SavedSessions(_store, _rules, sent, _changed);
        Prefetch = new Prefetch(_store);
    }

    public Prefetch Prefetch { get; }

    public SettingsByProject Settings => _rules.Settings;

    /// <summary>The general rules first, then those of projects that have, or had, their own.</summary>
    public IReadOnlyList<RuleSet> RuleSets => _rules.All;

    public RuleSet General => _rules.General;

    /// <summary>Sessions that differ from what went out: still open, or closed since the last commit point.</summary>
    public int Open => _changed.Count;

    /// <summary>Sessions in memory, open or kept for late events.</summary>
    public int Kept => _store.Count;

    /// <inheritdoc cref="Placement.Sessions"/>
    public long Sessions => _placement.Sessions;

    /// <inheritdoc cref="Emission.HasClosed"/>
    public bool HasClosed => _emission.HasClosed;

    /// <summary>True when <see cref="HarvestLive"/> would write something.</summary>
    public bool AnyTouched() => _live.HasNews();

    public RuleSet RulesOf(ReadOnlySpan<byte> project) => _rules.Of(project);

    public long HorizonOf(RuleSet rules) => _rules.HorizonOf(rules);

    /// <inheritdoc cref="RuleSets.IsLate"/>
    public bool IsLate(long time, RuleSet rules) => _rules.IsLate(time, rules);

    /// <inheritdoc cref="Deadlines.AnyCloses"/>
    public bool WouldClose(RuleSet rules, long horizon) => _deadlines.AnyCloses(rules, horizon);

    /// <inheritdoc cref="RuleSets.LastHorizon"/>
    public long LastHorizon(RuleSet rules) => _rules.LastHorizon(rules);

    /// <summary>Advances the clock by an accepted event, then applies it by the rules of its project.</summary>
    public void Apply(in EventFields e, RuleSet rules)
    {
        _rules.Advance(e.OccurredAt);
        _placement.Apply(e, rules);
    }

    /// <inheritdoc cref="RuleSets.AdvanceOthers"/>
    public void Late(long time, RuleSet rules) => _rules.AdvanceOthers(time, rules);

    /// <inheritdoc cref="Emission.CommitPoint"/>
    public bool CommitPoint(CloseReason? all, ref int limit, long revision, ISessionOutput? output, int version) =>
        _emission.CommitPoint(all, ref limit, revision, output, version);

    /// <inheritdoc cref="LiveFeed.Harvest"/>
    public void HarvestLive(long revision, int limit, ISessionOutput output) => _live.Harvest(revision, limit, output);

    /// <inheritdoc cref="LiveFeed.AssumePublished"/>
    public void AssumeLive() => _live.AssumePublished();

    /// <summary>Other settings from now on. What was decided stays; what is still open closes by the new ones.</summary>
    public void Use(SettingsByProject settings)
    {
        if (_rules.Use(settings))
            _deadlines.ScheduleAll();
    }

    /// <summary>Right after a commit point that left nothing to emit.</summary>
    public void Save(StateWriter state)
    {
        _rules.Save(state);
        _placement.Save(state);
        _saved.Save(state);
    }

    /// <summary>Takes over what <see cref="Save"/> wrote, into a set that is empty.</summary>
    public void Load(StateReader state)
    {
        _rules.Load(state);
        _placement.Load(state);
        _saved.Load(state);
        _deadlines.ScheduleAll();
    }
}

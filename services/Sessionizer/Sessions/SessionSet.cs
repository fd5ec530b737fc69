using Tidemark.Contracts.Sessions;

namespace Tidemark.Sessionizer.Sessions;

/// <summary>
/// The sessions that share one clock: a live partition, or one import in one partition of the history lane. Pure: no clock of its own, no I/O, no randomness that shows;
/// what it does depends on the order of calls alone, so a replay of the same calls gives the same state.
/// </summary>
/// <remarks>
/// Invariants, gap, lateness and horizon being those of its project's <see cref="RuleSet"/>: the sessions of a visitor do not overlap; a session is closed when
/// end + gap &lt; horizon and may be forgotten when end + gap + lateness &lt; horizon, since an event that is accepted (event time &gt;= horizon - lateness) cannot be
/// within the gap of it any more.
/// </remarks>
internal sealed partial class SessionSet
{
    private readonly Slab<Session> _sessions = new();
    private readonly VisitorTable _visitors;
    private readonly TextPool _texts;
    private readonly FrozenRows _frozen = new();
    private readonly byte[] _importId;
    private readonly bool _history;
    private readonly bool _keepsAll;

    /// <param name="settings">Rules from now on.</param>
    /// <param name="history">Lane.</param>
    /// <param name="importId">Import of the events; empty for live events and for history without an import.</param>
    /// <param name="seed">Seed of the hash tables.</param>
    public SessionSet(SettingsByProject settings, bool history, ReadOnlySpan<byte> importId, long seed)
    {
        _history = history;
        _importId = importId.ToArray();
        _keepsAll = history && importId.IsEmpty;
        _visitors = new VisitorTable(seed);
        _texts = new TextPool(seed);
        _settings = settings;
        _ruleSets = [new RuleSet(0, settings.General)];
        AddRuleSets();
    }

    /// <summary>The latest event time of all accepted events since the settings were last changed: what the horizons follow.</summary>
    public long Clock { get; private set; } = SessionizerCommit.NoHorizon;

    /// <summary>The latest event time of all; no session ends after it.</summary>
    public long Latest { get; private set; } = SessionizerCommit.NoHorizon;

    /// <summary>Sessions that differ from what went out: still open, or closed since the last commit point.</summary>
    public int Open { get; private set; }

    /// <summary>Sessions in memory, open or kept for late events.</summary>
    public int Kept => _sessions.Count;

    /// <summary>Sessions that exist by what has been accepted so far, forgotten ones included.</summary>
    public long Sessions { get; private set; }

    private bool IsClosed(in Session s)
    {
        var rules = _ruleSets[s.Rules];
        return s.End + rules.Settings.GapMs < rules.Horizon(Clock);
    }

    private void ScheduleClose(int slot, ref Session s)
    {
        var rules = _ruleSets[s.Rules];
        var due = s.End + rules.Settings.GapMs;
        if (s.CloseDue != DueQueue.None && s.CloseDue <= due)
            return;
        s.CloseDue = due;
        rules.Closing.Push(due, slot);
    }

    private void ScheduleExpiry(int slot, ref Session s)
    {
        if (_keepsAll)
            return;
        var rules = _ruleSets[s.Rules];
        s.ExpireDue = s.End + rules.Settings.GapMs + rules.Settings.LatenessMs;
        rules.Expiring.Push(s.ExpireDue, slot);
    }
}

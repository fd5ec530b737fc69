using Tidemark.Contracts.Sessions;

namespace Tidemark.Sessionizer.Sessions;

/// <summary>
/// The sessions that share one horizon: a live partition, or one import in one partition of the history lane. Pure: no clock, no I/O, no randomness that shows;
/// what it does depends on the order of calls alone, so a replay of the same calls gives the same state.
/// </summary>
/// <remarks>
/// Invariants: the sessions of a visitor do not overlap; a session is closed when end + gap &lt; horizon and may be forgotten when end + gap + lateness &lt; horizon,
/// since an event that is accepted (event time &gt;= horizon - lateness) cannot be within the gap of it any more.
/// </remarks>
internal sealed partial class SessionSet
{
    private readonly Slab<Session> _sessions = new();
    private readonly VisitorTable _visitors;
    private readonly TextPool _texts;
    private readonly DueQueue _closing = new();
    private readonly DueQueue _expiring = new();
    private readonly FrozenRows _frozen = new();
    private readonly byte[] _importId;
    private readonly bool _history;
    private readonly bool _keepsAll;
    private SessionSettings _settings;

    /// <summary>Horizon by events alone; with <see cref="Horizon"/> it tells what an idle step closed.</summary>
    private long _eventHorizon = SessionizerCommit.NoHorizon;

    /// <param name="settings">Rules from now on.</param>
    /// <param name="history">Lane.</param>
    /// <param name="importId">Import of the events; empty for live events and for history without an import.</param>
    /// <param name="seed">Seed of the hash tables.</param>
    public SessionSet(in SessionSettings settings, bool history, ReadOnlySpan<byte> importId, long seed)
    {
        _settings = settings;
        _history = history;
        _importId = importId.ToArray();
        _keepsAll = history && importId.IsEmpty;
        _visitors = new VisitorTable(seed);
        _texts = new TextPool(seed);
    }

    /// <summary>Event time up to which everything is taken to have arrived; <see cref="SessionizerCommit.NoHorizon"/> before the first event.</summary>
    public long Horizon { get; private set; } = SessionizerCommit.NoHorizon;

    /// <summary>The latest event time of all; no session ends after it.</summary>
    public long Latest { get; private set; } = SessionizerCommit.NoHorizon;

    /// <summary>Sessions that differ from what went out: still open, or closed since the last commit point.</summary>
    public int Open { get; private set; }

    /// <summary>Sessions in memory, open or kept for late events.</summary>
    public int Kept => _sessions.Count;

    /// <summary>Sessions that exist by what has been accepted so far, forgotten ones included.</summary>
    public long Sessions { get; private set; }

    /// <summary>Too late: older than the horizon less the lateness. Nothing is late in history without an import.</summary>
    public bool IsLate(long time) => !_keepsAll && Horizon != SessionizerCommit.NoHorizon && time < Horizon - _settings.LatenessMs;

    /// <summary>Moves the horizon by wall clock, or does nothing when it is there already.</summary>
    public void AdvanceTo(long horizon) => Horizon = Math.Max(Horizon, horizon);

    /// <summary>
    /// Other rules from now on. What was decided stays; what is still open closes by the new ones, so both queues are made anew.
    /// </summary>
    public void Use(in SessionSettings settings)
    {
        if (_settings == settings)
            return;
        _settings = settings;
        _closing.Clear();
        _expiring.Clear();
        for (var slot = 0; slot < _sessions.HighWater; slot++)
        {
            ref var s = ref _sessions[slot];
            s.CloseDue = DueQueue.None;
            s.ExpireDue = DueQueue.None;
            if (!s.Is(SessionFlags.Alive))
                continue;
            if (s.Is(SessionFlags.Changed))
                ScheduleClose(slot, ref s);
            else
                ScheduleExpiry(slot, ref s);
        }
    }

    private bool IsClosed(in Session s) => s.End + _settings.GapMs < Horizon;

    private void ScheduleClose(int slot, ref Session s)
    {
        var due = s.End + _settings.GapMs;
        if (s.CloseDue != DueQueue.None && s.CloseDue <= due)
            return;
        s.CloseDue = due;
        _closing.Push(due, slot);
    }

    private void ScheduleExpiry(int slot, ref Session s)
    {
        if (_keepsAll)
            return;
        s.ExpireDue = s.End + _settings.GapMs + _settings.LatenessMs;
        _expiring.Push(s.ExpireDue, slot);
    }
}

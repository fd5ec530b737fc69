using Tidemark.Contracts.Sessions;

namespace Tidemark.Sessionizer.Sessions;

/// <summary>Commit points: what has closed goes out, corrections retract what they replace, what no event can touch any more is forgotten.</summary>
internal sealed partial class SessionSet
{
    private readonly SlotList _touched = new();
    private readonly SlotList _pending = new();
    private readonly List<int> _retracted = [];
    private long[] _ends = [];
    private long[] _replaced = [];
    private bool _pendingSorted;

    /// <summary>
    /// Emits, in the order (end, visitor, start), closed sessions that differ from what went out; with <paramref name="all"/> open ones too, for that reason.
    /// Stops when <paramref name="rows"/> is used up and returns false: the next commit point goes on. The division depends on the state alone, so a replay repeats it.
    /// </summary>
    /// <param name="all">Why open sessions go out as well; null when they do not.</param>
    /// <param name="rows">Rows that may still be emitted; counted down.</param>
    /// <param name="revision">Input offset of the commit point, for sessions.live.</param>
    /// <param name="output">Null in a replay: everything is done but the output.</param>
    /// <param name="version">Version of the rules whose rows go out: in a replay that on record, so that a row is taken back as it went out.</param>
    public bool CommitPoint(CloseReason? all, ref int rows, long revision, ISessionOutput? output, int version)
    {
        WriteGone(revision, output);
        CollectClosed();
        if (all is not null)
            CollectTouched();
        if (!_pendingSorted)
        {
            FilterPending(all is not null);
            SortPending();
        }
        var emitted = 0;
        for (; emitted < _pending.Count && rows > 0; emitted++)
            rows -= Emit(_pending.Items[emitted], all ?? CloseReason.Gap, revision, output, version);
        _pending.RemoveFirst(emitted);
        if (_pending.Count > 0)
            return false;
        ForgetExpired();
        CompactTexts();
        return true;
    }

    /// <summary>True when a horizon at this place would close a session that differs from what went out.</summary>
    public bool WouldClose(RuleSet rules, long horizon)
    {
        while (rules.Closing.TryPeek(horizon, out var due, out var slot))
        {
            ref var s = ref _sessions[slot];
            if (s.CloseDue == due && s.End + rules.Settings.GapMs < horizon)
                return true;
            rules.Closing.Pop();
            if (s.CloseDue != due)
                continue;
            s.CloseDue = DueQueue.None;
            ScheduleClose(slot, ref s);
        }
        return false;
    }

    /// <summary>True when sessions that have closed still wait for a commit point.</summary>
    public bool HasClosed => _pending.Count > 0 || Array.Exists(_ruleSets, rules => WouldClose(rules, rules.Horizon(Clock)));

    private void CollectClosed()
    {
        foreach (var rules in _ruleSets)
            CollectClosed(rules, rules.Horizon(Clock));
    }

    private void CollectClosed(RuleSet rules, long horizon)
    {
        while (WouldClose(rules, horizon))
        {
            rules.Closing.TryPeek(horizon, out _, out var slot);
            rules.Closing.Pop();
            ref var s = ref _sessions[slot];
            s.CloseDue = DueQueue.None;
            AddPending(slot, ref s);
        }
    }

    private void CollectTouched()
    {
        for (var i = 0; i < _touched.Count; i++)
        {
            var slot = _touched.Items[i];
            ref var s = ref _sessions[slot];
            s.Flags &= ~SessionFlags.Listed;
            if (s.Is(SessionFlags.Alive) && s.Is(SessionFlags.Changed))
                AddPending(slot, ref s);
        }
        _touched.Count = 0;
    }

    private void AddPending(int slot, ref Session s)
    {
        if (s.Is(SessionFlags.Pending))
            return;
        s.Flags |= SessionFlags.Pending;
        _pending.Add(slot);
        _pendingSorted = false;
    }

    /// <summary>Drops what was forgotten, merged away or re-opened since it was collected.</summary>
    private void FilterPending(bool all)
    {
        var kept = 0;
        for (var i = 0; i < _pending.Count; i++)
        {
            var slot = _pending.Items[i];
            ref var s = ref _sessions[slot];
            if (s.Is(SessionFlags.Alive) && s.Is(SessionFlags.Changed) && (all || IsClosed(s)))
            {
                _pending.Items[kept++] = slot;
                continue;
            }
            s.Flags &= ~SessionFlags.Pending;
            if (s.Is(SessionFlags.Alive) && s.Is(SessionFlags.Changed))
                ScheduleClose(slot, ref s);
        }
        _pending.Count = kept;
    }

    private void SortPending()
    {
        var count = _pending.Count;
        var items = _pending.Items;
        if (_ends.Length < count)
            _ends = new long[items.Length];
        for (var i = 0; i < count; i++)
            _ends[i] = _sessions[items[i]].End;
        Array.Sort(_ends, items, 0, count);
        for (var from = 0; from < count;)
        {
            var to = from + 1;
            while (to < count && _ends[to] == _ends[from])
                to++;
            if (to - from > 1)
                items.AsSpan(from, to - from).Sort(CompareVisitorAndStart);
            from = to;
        }
        _pendingSorted = true;
    }

    private int CompareVisitorAndStart(int x, int y)
    {
        ref var a = ref _sessions[x];
        ref var b = ref _sessions[y];
        var order = _visitors.Id(a.Visitor).SequenceCompareTo(_visitors.Id(b.Visitor));
        if (order == 0)
            order = a.Start.CompareTo(b.Start);
        return order != 0 ? order : _texts[_visitors[a.Visitor].Project].SequenceCompareTo(_texts[_visitors[b.Visitor].Project]);
    }

    private int Emit(int slot, CloseReason openReason, long revision, ISessionOutput? output, int version)
    {
        ref var s = ref _sessions[slot];
        var corrects = s.Version > 0;
        s.Version++;
        s.Reason = ReasonOf(s, openReason);
        s.Flags = version < PartitionRules.AgentVersion ? s.Flags | SessionFlags.WithoutAgent : s.Flags & ~SessionFlags.WithoutAgent;
        var absorbed = Retract(ref s, output, out var rows);
        if (output is not null || absorbed.Length > 0)
        {
            var message = Encode(s, absorbed);
            output?.Row(_visitors.Id(s.Visitor), message, corrects ? SessionRowKind.Correction : SessionRowKind.First);
            if (absorbed.Length > 0)
                s.Frozen = _frozen.Add(message.ToArray(), s.Version, IdOf(s), s.Start, -1);
        }
        if (s.Is(SessionFlags.Live))
            WriteDeleted(s.LiveId, s.Visitor, revision, output);
        s.Flags &= ~(SessionFlags.Pending | SessionFlags.Changed | SessionFlags.Live);
        Open--;
        s.CloseDue = DueQueue.None;
        ScheduleExpiry(slot, ref s);
        return rows + 1;
    }

    /// <summary>Takes back every row that the session replaces, oldest first; returns their ids other than its own.</summary>
    private ReadOnlySpan<long> Retract(ref Session s, ISessionOutput? output, out int rows)
    {
        rows = 0;
        if (s.Frozen < 0)
            return [];
        _retracted.Clear();
        for (var row = s.Frozen; row >= 0; row = _frozen[row].Next)
            _retracted.Add(row);
        _retracted.Sort((x, y) => _frozen[x].Start.CompareTo(_frozen[y].Start));
        if (_replaced.Length < _retracted.Count)
            _replaced = new long[_retracted.Count * 2];
        var id = IdOf(s);
        var others = 0;
        foreach (var row in _retracted)
        {
            output?.Row(_visitors.Id(s.Visitor), Retraction(_frozen[row].Message), SessionRowKind.Retraction);
            if (_frozen[row].Id != id)
                _replaced[others++] = _frozen[row].Id;
        }
        rows = _retracted.Count;
        _frozen.Free(s.Frozen);
        s.Frozen = -1;
        return _replaced.AsSpan(0, others);
    }

    private CloseReason ReasonOf(in Session s, CloseReason open)
    {
        if (s.Is(SessionFlags.CapDuration))
            return CloseReason.MaxDuration;
        if (s.Is(SessionFlags.CapEvents))
            return CloseReason.MaxEvents;
        var rules = _ruleSets[s.Rules];
        if (s.End + rules.Settings.GapMs < rules.EventHorizon(Clock))
            return CloseReason.Gap;
        return IsClosed(s) ? CloseReason.Idle : open;
    }

    private void ForgetExpired()
    {
        foreach (var rules in _ruleSets)
            ForgetExpired(rules, rules.Horizon(Clock));
    }

    private void ForgetExpired(RuleSet rules, long horizon)
    {
        while (rules.Expiring.TryPeek(horizon, out var due, out var slot))
        {
            rules.Expiring.Pop();
            ref var s = ref _sessions[slot];
            if (s.ExpireDue != due)
                continue;
            Unlink(slot, s.Visitor);
            _frozen.Free(s.Frozen);
            Forget(slot, ref s);
        }
    }

    private void Unlink(int slot, int visitor)
    {
        ref var newest = ref _visitors[visitor].Newest;
        if (newest == slot)
        {
            newest = _sessions[slot].Older;
            if (newest < 0)
                _visitors.Remove(visitor);
            return;
        }
        var at = newest;
        while (_sessions[at].Older != slot)
            at = _sessions[at].Older;
        _sessions[at].Older = _sessions[slot].Older;
    }
}

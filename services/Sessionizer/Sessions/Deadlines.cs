namespace Tidemark.Sessionizer.Sessions;

/// <summary>When sessions close and when they may be forgotten: an entry for each in the queues of its <see cref="RuleSet"/>.</summary>
internal sealed class Deadlines(SessionStore store, RuleSets rules)
{
    /// <summary>For a session that differs from what went out. An entry that comes up too early is put in again then.</summary>
    public void ScheduleClose(int slot, ref Session s)
    {
        var set = rules.Of(s);
        var due = set.Settings.ClosesAt(s.End);
        if (s.CloseDue != DueQueue.None && s.CloseDue <= due)
            return;
        s.CloseDue = due;
        set.Closing.Push(due, slot);
    }

    /// <summary>For a session that is out.</summary>
    public void ScheduleExpiry(int slot, ref Session s)
    {
        s.CloseDue = DueQueue.None;
        if (!rules.BoundsLateness)
            return;
        var set = rules.Of(s);
        s.ExpireDue = set.Settings.ExpiresAt(s.End);
        set.Expiring.Push(s.ExpireDue, slot);
    }

    /// <summary>True when a horizon at this place would close a session that differs from what went out.</summary>
    public bool AnyCloses(RuleSet set, long horizon) => TryPeekClosed(set, horizon, out _);

    /// <summary>Takes the next session that this horizon closes out of the queue.</summary>
    public bool TryTakeClosed(RuleSet set, long horizon, out int slot)
    {
        if (!TryPeekClosed(set, horizon, out slot))
            return false;
        set.Closing.Pop();
        store[slot].CloseDue = DueQueue.None;
        return true;
    }

    /// <summary>Takes the next session that no event can touch any more out of the queue.</summary>
    public bool TryTakeExpired(RuleSet set, long horizon, out int slot)
    {
        while (set.Expiring.TryPeek(horizon, out var due, out slot))
        {
            set.Expiring.Pop();
            if (store[slot].ExpireDue == due)
                return true;
        }
        return false;
    }

    /// <summary>After a change of settings: what is still open closes by the new ones, so the queues are made anew.</summary>
    public void ScheduleAll()
    {
        foreach (var set in rules.All)
        {
            set.Closing.Clear();
            set.Expiring.Clear();
        }
        foreach (var slot in store.Slots)
        {
            ref var s = ref store[slot];
            s.CloseDue = DueQueue.None;
            s.ExpireDue = DueQueue.None;
            s.Rules = rules.Of(store.ProjectOf(s)).Index;
            if (s.Is(SessionFlags.Changed))
                ScheduleClose(slot, ref s);
            else
                ScheduleExpiry(slot, ref s);
        }
    }

    private bool TryPeekClosed(RuleSet set, long horizon, out int slot)
    {
        while (set.Closing.TryPeek(horizon, out var due, out slot))
        {
            ref var s = ref store[slot];
            if (s.CloseDue == due && set.Settings.IsClosed(s.End, horizon))
                return true;
            set.Closing.Pop();
            if (s.CloseDue != due)
                continue;
            s.CloseDue = DueQueue.None;
            ScheduleClose(slot, ref s);
        }
        return false;
    }
}

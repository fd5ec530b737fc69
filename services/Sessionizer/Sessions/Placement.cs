using Tidemark.Contracts.Events;

namespace Tidemark.Sessionizer.Sessions;

/// <summary>Where an accepted event goes: into a session, between two that it merges, or into one of its own.</summary>
internal sealed class Placement(SessionStore store, Deadlines deadlines, SentRows sent, ChangedSessions changed, LiveFeed live)
{
    /// <summary>Sessions that exist by what has been accepted so far, forgotten ones included.</summary>
    public long Sessions { get; private set; }

    public void Save(StateWriter state) => state.Long(Sessions);

    public void Load(StateReader state) => Sessions = state.Long();

    /// <param name="e">Accepted.</param>
    /// <param name="rules">Of its project.</param>
    public void Apply(in EventFields e, RuleSet rules)
    {
        var visitor = store.FindOrAddVisitor(e.Project, e.VisitorId);
        var time = e.OccurredAt;
        var after = -1;
        var before = store.Visitors[visitor].Newest;
        while (before >= 0 && store[before].Start > time)
        {
            after = before;
            before = store[before].Older;
        }
        if (before >= 0 && time <= store[before].End)
            Join(before, e);
        else
            PlaceBetween(before, after, visitor, e, rules);
    }

    private void PlaceBetween(int before, int after, int visitor, in EventFields e, RuleSet rules)
    {
        var time = e.OccurredAt;
        ref readonly var settings = ref rules.Settings;
        var nearBefore = before >= 0 && settings.Joins(store[before].End, time);
        var nearAfter = after >= 0 && settings.Joins(time, store[after].Start);
        if (nearBefore && nearAfter && Fits(rules, store[before].Start, store[after].End, (long)store[before].Events + store[after].Events + 1))
        {
            Join(after, e);
            Merge(before, after);
        }
        else if (nearBefore && Fits(rules, store[before].Start, time, store[before].Events + 1L))
        {
            Join(before, e);
            if (nearAfter)
                Cut(before, after, rules);
        }
        else if (nearAfter && Fits(rules, time, store[after].End, store[after].Events + 1L))
        {
            Join(after, e);
            if (nearBefore)
                Cut(before, after, rules);
        }
        else
        {
            var own = store.Add(visitor, before, after, time, rules);
            Sessions++;
            Join(own, e);
            if (nearBefore)
                Cut(before, own, rules);
            if (nearAfter)
                Cut(own, after, rules);
        }
    }

    private static bool Fits(RuleSet rules, long start, long end, long events) => rules.Settings.BrokenCap(start, end, events) == SessionFlags.None;

    /// <summary>Two sessions within the gap of each other that a cap keeps apart: the earlier reached it, the later continues.</summary>
    private void Cut(int before, int after, RuleSet rules)
    {
        ref var earlier = ref store[before];
        ref var later = ref store[after];
        if (!earlier.Is(SessionFlags.Capped))
        {
            // Together with the event that was placed between them they broke a cap; without it by the number of events at most.
            var cap = rules.Settings.BrokenCap(earlier.Start, later.End, (long)earlier.Events + later.Events);
            Change(before, ref earlier, cap == SessionFlags.None ? SessionFlags.CapEvents : cap);
        }
        if (!later.Is(SessionFlags.Continued))
            Change(after, ref later, SessionFlags.Continued);
    }

    private void Change(int slot, ref Session s, SessionFlags flag)
    {
        changed.Touch(slot, ref s);
        s.Flags |= flag;
        deadlines.ScheduleClose(slot, ref s);
    }

    private void Join(int slot, in EventFields e)
    {
        ref var s = ref store[slot];
        changed.Touch(slot, ref s);
        var isLatest = e.OccurredAt > s.End;
        if (!isLatest && EventOrder.IsBefore(e.OccurredAt, e.Seq, e.EventId, s.Start, s.FirstSeq, s.FirstId))
        {
            live.Withdraw(ref s);
            s.Start = e.OccurredAt;
            s.FirstSeq = e.Seq;
            s.FirstId = e.EventId;
        }
        if (isLatest)
            s.End = e.OccurredAt;
        s.Count(e, isLatest, store.Texts);
        deadlines.ScheduleClose(slot, ref s);
    }

    /// <summary>Takes the older session into the newer one.</summary>
    private void Merge(int older, int newer)
    {
        ref var from = ref store[older];
        ref var into = ref store[newer];
        changed.Touch(older, ref from);
        live.Join(ref into, from);
        into.Absorb(from);
        sent.Join(ref into, ref from);
        store.RemoveOlder(newer);
        Sessions--;
        changed.Drop();
        deadlines.ScheduleClose(newer, ref into);
    }
}

using Tidemark.Contracts.Events;

namespace Tidemark.Sessionizer.Sessions;

/// <summary>Where an accepted event goes: into a session, between two that it merges, or into one of its own.</summary>
internal sealed partial class SessionSet
{
    /// <summary>Advances the clock by an accepted event, then applies it by the rules of its project.</summary>
    public void Apply(in EventFields e, RuleSet rules)
    {
        if (e.OccurredAt > Clock)
            Clock = e.OccurredAt;
        if (e.OccurredAt > Latest)
            Latest = e.OccurredAt;

        var visitor = _visitors.FindOrAdd(ProjectOf(e.Project), e.VisitorId);
        var time = e.OccurredAt;
        var after = -1;
        var before = _visitors[visitor].Newest;
        while (before >= 0 && _sessions[before].Start > time)
        {
            after = before;
            before = _sessions[before].Older;
        }
        if (before >= 0 && time <= _sessions[before].End)
            Join(before, e);
        else
            PlaceBetween(before, after, visitor, e, rules);
    }

    private void PlaceBetween(int before, int after, int visitor, in EventFields e, RuleSet rules)
    {
        var time = e.OccurredAt;
        var gap = rules.Settings.GapMs;
        var nearBefore = before >= 0 && time - _sessions[before].End <= gap;
        var nearAfter = after >= 0 && _sessions[after].Start - time <= gap;
        if (nearBefore && nearAfter && CapOf(before, _sessions[after].End, _sessions[after].Events + 1) == SessionFlags.None)
        {
            Join(after, e);
            Absorb(before, after);
        }
        else if (nearBefore && CapOf(before, time, 1) is SessionFlags.None)
        {
            Join(before, e);
            if (nearAfter)
                Cut(before, after);
        }
        else if (nearAfter && FitsBefore(after, time))
        {
            Join(after, e);
            if (nearBefore)
                Cut(before, after);
        }
        else
        {
            var own = NewSession(before, after, visitor, time, rules);
            Join(own, e);
            if (nearBefore)
                Cut(before, own);
            if (nearAfter)
                Cut(own, after);
        }
    }

    /// <summary>Which cap a session would break when it went on to <paramref name="end"/> with more events.</summary>
    private SessionFlags CapOf(int slot, long end, int more)
    {
        ref var s = ref _sessions[slot];
        ref readonly var settings = ref _ruleSets[s.Rules].Settings;
        if (end - s.Start > settings.MaxDurationMs)
            return SessionFlags.CapDuration;
        return (long)s.Events + more > settings.MaxEvents ? SessionFlags.CapEvents : SessionFlags.None;
    }

    private bool FitsBefore(int slot, long time)
    {
        ref var s = ref _sessions[slot];
        ref readonly var settings = ref _ruleSets[s.Rules].Settings;
        return s.End - time <= settings.MaxDurationMs && s.Events < settings.MaxEvents;
    }

    /// <summary>Two sessions within the gap of each other that a cap keeps apart: the earlier reached it, the later continues.</summary>
    private void Cut(int before, int after)
    {
        ref var later = ref _sessions[after];
        var cap = CapOf(before, later.End, later.Events);
        if (cap == SessionFlags.None)
            cap = SessionFlags.CapEvents;
        ref var earlier = ref _sessions[before];
        if (!earlier.Is(SessionFlags.CapDuration | SessionFlags.CapEvents))
        {
            Touch(before, ref earlier);
            earlier.Flags |= cap;
            ScheduleClose(before, ref earlier);
        }
        if (!later.Is(SessionFlags.Continued))
        {
            Touch(after, ref later);
            later.Flags |= SessionFlags.Continued;
            ScheduleClose(after, ref later);
        }
    }

    private int NewSession(int before, int after, int visitor, long time, RuleSet rules)
    {
        var slot = _sessions.Take();
        ref var s = ref _sessions[slot];
        s = new Session
        {
            Flags = (s.Flags & (SessionFlags.Listed | SessionFlags.Pending)) | SessionFlags.Alive,
            Rules = rules.Index,
            Start = time,
            End = time,
            // The largest unsigned place and id: the first event of the session takes theirs.
            FirstSeq = -1,
            FirstId = -1,
            CloseDue = DueQueue.None,
            ExpireDue = DueQueue.None,
            Entry = Mark.NoneYetFirst,
            Exit = Mark.NoneYetLast,
            User = Mark.NoneYetLast,
            First = FirstTexts.NoneYet,
            Visitor = visitor,
            Older = before,
            Frozen = -1,
        };
        if (after >= 0)
            _sessions[after].Older = slot;
        else
            _visitors[visitor].Newest = slot;
        Sessions++;
        return slot;
    }

    private void Join(int slot, in EventFields e)
    {
        ref var s = ref _sessions[slot];
        Touch(slot, ref s);
        if (EventOrder.IsBefore(e.OccurredAt, e.Seq, e.EventId, s.Start, s.FirstSeq, s.FirstId))
        {
            DropLive(ref s);
            s.Start = e.OccurredAt;
            s.FirstSeq = e.Seq;
            s.FirstId = e.EventId;
        }
        if (e.OccurredAt > s.End)
            s.End = e.OccurredAt;
        Count(ref s, e);
        ScheduleClose(slot, ref s);
    }

    /// <summary>Takes the older session into the newer one; the older one's identity, start and cap history win.</summary>
    private void Absorb(int older, int newer)
    {
        ref var from = ref _sessions[older];
        ref var into = ref _sessions[newer];
        Touch(older, ref from);
        DropLive(ref into);
        if (from.Is(SessionFlags.Live))
        {
            into.Flags |= SessionFlags.Live;
            into.LiveId = from.LiveId;
        }
        MergeInto(ref into, in from);
        into.Frozen = _frozen.Join(from.Frozen, into.Frozen);
        into.Version = Math.Max(into.Version, from.Version);
        into.Older = from.Older;
        Sessions--;
        Open--;
        Forget(older, ref from);
        ScheduleClose(newer, ref into);
    }

    /// <summary>Notes that a session is about to differ from what went out, and keeps the row that is out.</summary>
    private void Touch(int slot, ref Session s)
    {
        if (!s.Is(SessionFlags.Changed))
        {
            if (s.Version > 0 && s.Frozen < 0)
                s.Frozen = Freeze(ref s);
            s.Flags |= SessionFlags.Changed;
            Open++;
            s.ExpireDue = DueQueue.None;
        }
        if (!s.Is(SessionFlags.Listed))
        {
            s.Flags |= SessionFlags.Listed;
            _touched.Add(slot);
        }
        _pendingSorted &= !s.Is(SessionFlags.Pending);
    }

    private void Forget(int slot, ref Session s)
    {
        s.Flags &= SessionFlags.Listed | SessionFlags.Pending;
        s.CloseDue = DueQueue.None;
        s.ExpireDue = DueQueue.None;
        s.Frozen = -1;
        _sessions.Give(slot);
    }
}

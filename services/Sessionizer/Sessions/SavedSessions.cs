namespace Tidemark.Sessionizer.Sessions;

/// <summary>
/// The kept sessions in a snapshot: all texts by number, then each visitor with the sessions from the newest to the oldest. Queues are made anew from the sessions; slots and
/// hashes are others afterwards, and nothing depends on them.
/// </summary>
internal sealed class SavedSessions(SessionStore store, RuleSets rules, SentRows sent, ChangedSessions changed)
{
    /// <summary>What a session is, and not where it waits.</summary>
    private const SessionFlags Kept = ~(SessionFlags.Alive | SessionFlags.Pending);

    public void Save(StateWriter state)
    {
        state.Long(store.Texts.Count);
        for (var text = 1; text < store.Texts.Count; text++)
            state.Bytes(store.Texts[text]);
        state.Long(store.Visitors.Count);
        foreach (var visitor in store.Visitors.Slots)
        {
            state.Long(store.Visitors[visitor].Project);
            state.Bytes(store.Visitors.Id(visitor));
            for (var slot = store.Visitors[visitor].Newest; slot >= 0; slot = store[slot].Older)
            {
                state.Boolean(true);
                Save(store[slot], state);
            }
            state.Boolean(false);
        }
    }

    public void Load(StateReader state)
    {
        var texts = state.Count();
        for (var text = 1; text < texts; text++)
        {
            if (store.Texts.Intern(state.Bytes()) != text)
                throw StateReader.Broken();
        }
        for (var visitors = state.Count(); visitors > 0; visitors--)
        {
            var project = Text(state);
            var visitor = store.Visitors.FindOrAdd(project, state.Bytes());
            if (store.Visitors[visitor].Newest >= 0)
                throw StateReader.Broken();
            for (var newer = -1; state.Boolean();)
                newer = Load(visitor, newer, state);
        }
    }

    private void Save(in Session s, StateWriter state)
    {
        state.Long(s.Start);
        state.Long(s.End - s.Start);
        state.Fixed(s.FirstId);
        state.Long(s.FirstSeq);
        state.Long(s.Events);
        state.Long(s.Pages);
        state.Long(s.Actions);
        state.Long(s.Errors);
        state.Long(s.Version);
        state.Long((long)(s.Flags & Kept));
        state.Long((long)s.Reason);
        if (s.Is(SessionFlags.Live))
            state.Fixed(s.LiveId);
        var before = FirstOf(s);
        Save(s.Entry, ref before, state);
        Save(s.Exit, ref before, state);
        Save(s.User, ref before, state);
        foreach (ref readonly var first in s.First)
            Save(first, ref before, state);
        sent.Save(s, state);
    }

    private int Load(int visitor, int newer, StateReader state)
    {
        var slot = store.Add(visitor, older: -1, newer, state.Long(), rules.General);
        ref var s = ref store[slot];
        s.End = s.Start + state.Long();
        s.FirstId = state.Fixed();
        s.FirstSeq = state.Int();
        s.Events = state.Int();
        s.Pages = state.Int();
        s.Actions = state.Int();
        s.Errors = state.Int();
        s.Version = state.Int();
        s.Flags |= (SessionFlags)state.Long() & Kept;
        s.Reason = (Contracts.Sessions.CloseReason)state.Int();
        if (s.Is(SessionFlags.Live))
            s.LiveId = state.Fixed();
        var before = FirstOf(s);
        Load(ref s.Entry, ref before, state);
        Load(ref s.Exit, ref before, state);
        Load(ref s.User, ref before, state);
        foreach (ref var first in s.First)
            Load(ref first, ref before, state);
        sent.Load(ref s, state);
        changed.Restore(slot, s);
        return slot;
    }

    private static Mark FirstOf(in Session s) => new() { Time = s.Start, Id = s.FirstId, Seq = s.FirstSeq };

    /// <summary>Most marks of a session name the same event as the one before, or none.</summary>
    private static void Save(in Mark mark, ref Mark before, StateWriter state)
    {
        if (mark.Time is long.MinValue or long.MaxValue)
        {
            state.Long((long)Kind.None);
            return;
        }
        if (mark.Time == before.Time && mark.Id == before.Id && mark.Seq == before.Seq)
        {
            state.Long((long)Kind.SameEvent);
        }
        else
        {
            state.Long((long)Kind.OwnEvent);
            state.Long(mark.Time - before.Time);
            state.Fixed(mark.Id);
            state.Long(mark.Seq);
        }
        state.Long(mark.Text);
        before = mark;
    }

    private void Load(ref Mark mark, ref Mark before, StateReader state)
    {
        switch ((Kind)state.Long())
        {
            case Kind.None:
                return;
            case Kind.SameEvent:
                mark = before;
                break;
            case Kind.OwnEvent:
                mark = new Mark { Time = before.Time + state.Long(), Id = state.Fixed(), Seq = state.Int() };
                break;
            default:
                throw StateReader.Broken();
        }
        mark.Text = Text(state);
        before = mark;
    }

    private int Text(StateReader state) => state.Int() is >= 0 and var text && text < store.Texts.Count ? text : throw StateReader.Broken();

    private enum Kind
    {
        None,
        SameEvent,
        OwnEvent,
    }
}

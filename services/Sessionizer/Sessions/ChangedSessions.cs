namespace Tidemark.Sessionizer.Sessions;

/// <summary>The sessions that differ from what went out: how many, and which of them were touched since somebody last looked.</summary>
internal sealed class ChangedSessions(SentRows sent, PendingSessions pending)
{
    /// <summary>Still open, or closed since the last commit point.</summary>
    public int Count { get; private set; }

    /// <summary>Slots that were touched since they were last taken from here, each once; a slot may be free or used anew by now.</summary>
    public SlotList Touched { get; } = new();

    /// <summary>Called before a session changes: keeps the row that is out.</summary>
    public void Touch(int slot, ref Session s)
    {
        if (!s.Is(SessionFlags.Changed))
        {
            sent.Keep(ref s);
            s.Flags |= SessionFlags.Changed;
            Count++;
            s.ExpireDue = DueQueue.None;
        }
        if (!s.Is(SessionFlags.Listed))
        {
            s.Flags |= SessionFlags.Listed;
            Touched.Add(slot);
        }
        pending.NoteChange(s);
    }

    /// <summary>A session of a snapshot, with the flags that it had there.</summary>
    public void Restore(int slot, in Session s)
    {
        if (s.Is(SessionFlags.Changed))
            Count++;
        if (s.Is(SessionFlags.Listed))
            Touched.Add(slot);
    }

    /// <summary>A session is out as it is.</summary>
    public void Settle(ref Session s)
    {
        s.Flags &= ~(SessionFlags.Pending | SessionFlags.Changed);
        Count--;
    }

    /// <summary>A changed session is no more: another has absorbed it.</summary>
    public void Drop() => Count--;
}

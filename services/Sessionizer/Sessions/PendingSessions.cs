namespace Tidemark.Sessionizer.Sessions;

/// <summary>The sessions that wait to go out, in the order (end, visitor, start).</summary>
internal sealed class PendingSessions(SessionStore store, RuleSets rules, Deadlines deadlines)
{
    private readonly SlotList _slots = new();
    private long[] _ends = [];
    private bool _isSorted;

    public int Count => _slots.Count;

    public int this[int place] => _slots.Items[place];

    public void Add(int slot, ref Session s)
    {
        if (s.Is(SessionFlags.Pending))
            return;
        s.Flags |= SessionFlags.Pending;
        _slots.Add(slot);
        _isSorted = false;
    }

    /// <summary>A session is about to change: its place among those that wait may be another.</summary>
    public void NoteChange(in Session s) => _isSorted &= !s.Is(SessionFlags.Pending);

    /// <summary>Puts them in order, without those that were forgotten, merged away or re-opened since they were added.</summary>
    /// <param name="openToo">Open sessions go out as well.</param>
    public void Settle(bool openToo)
    {
        if (_isSorted)
            return;
        Filter(openToo);
        Sort();
    }

    public void RemoveFirst(int count) => _slots.RemoveFirst(count);

    private void Filter(bool openToo)
    {
        var kept = 0;
        for (var i = 0; i < _slots.Count; i++)
        {
            var slot = _slots.Items[i];
            ref var s = ref store[slot];
            if (s.Is(SessionFlags.Changed) && (openToo || rules.IsClosed(s)))
            {
                _slots.Items[kept++] = slot;
                continue;
            }
            s.Flags &= ~SessionFlags.Pending;
            if (s.Is(SessionFlags.Changed))
                deadlines.ScheduleClose(slot, ref s);
        }
        _slots.Count = kept;
    }

    private void Sort()
    {
        var count = _slots.Count;
        var items = _slots.Items;
        if (_ends.Length < count)
            _ends = new long[items.Length];
        for (var i = 0; i < count; i++)
            _ends[i] = store[items[i]].End;
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
        _isSorted = true;
    }

    private int CompareVisitorAndStart(int x, int y)
    {
        ref var a = ref store[x];
        ref var b = ref store[y];
        var order = store.VisitorIdOf(a).SequenceCompareTo(store.VisitorIdOf(b));
        if (order == 0)
            order = a.Start.CompareTo(b.Start);
        return order != 0 ? order : store.ProjectOf(a).SequenceCompareTo(store.ProjectOf(b));
    }
}

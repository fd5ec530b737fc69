namespace Tidemark.Sessionizer.Sessions;

/// <summary>
/// The kept sessions by slot, each visitor's in a list from the newest to the oldest, with the visitors and the texts that they name by number. It holds and decides nothing.
/// </summary>
internal sealed class SessionStore(long seed)
{
    private readonly Slab<Session> _sessions = new();

    // The project of the event before: most likely that of the next one, too.
    private int _project;
    private int _upcomingProject;

    public VisitorTable Visitors { get; } = new(seed);

    public TextPool Texts { get; } = new(seed);

    public int Count => _sessions.Count;

    /// <summary>The slots of all kept sessions, lowest first.</summary>
    public SlotWalk Slots => new(_sessions);

    public ref Session this[int slot] => ref _sessions[slot];

    public int FindOrAddVisitor(ReadOnlySpan<byte> project, ReadOnlySpan<byte> visitorId)
    {
        _project = Texts.Intern(project, _project);
        return Visitors.FindOrAdd(_project, visitorId);
    }

    /// <summary>The hash that <see cref="FindOrAddVisitor"/> will look for; adds nothing.</summary>
    public uint HashOfUpcoming(ReadOnlySpan<byte> project, ReadOnlySpan<byte> visitorId)
    {
        _upcomingProject = Texts.Find(project, _upcomingProject);
        return Visitors.HashOf(_upcomingProject, visitorId);
    }

    public ReadOnlySpan<byte> ProjectOf(scoped in Session s) => Texts[Visitors[s.Visitor].Project];

    public ReadOnlySpan<byte> VisitorIdOf(scoped in Session s) => Visitors.Id(s.Visitor);

    public ReadOnlySpan<byte> TextOf(scoped in Session s, FirstText text) => Texts[s.First[(int)text].Text];

    public long IdOf(in Session s) => SessionIds.Of(ProjectOf(s), VisitorIdOf(s), s.FirstId);

    /// <summary>A session without events between two neighbours of its visitor, either of which may be -1.</summary>
    public int Add(int visitor, int older, int newer, long time, RuleSet rules)
    {
        var slot = _sessions.Take();
        ref var s = ref _sessions[slot];
        s = Session.WithoutEvents(visitor, older, time, rules, s.Flags);
        if (newer >= 0)
            _sessions[newer].Older = slot;
        else
            Visitors[visitor].Newest = slot;
        return slot;
    }

    /// <summary>Takes a session out of its visitor's list; a visitor without sessions goes with it.</summary>
    public void Remove(int slot)
    {
        ref var s = ref _sessions[slot];
        ref var newest = ref Visitors[s.Visitor].Newest;
        if (newest != slot)
        {
            var newer = newest;
            while (_sessions[newer].Older != slot)
                newer = _sessions[newer].Older;
            RemoveOlder(newer);
            return;
        }
        newest = s.Older;
        if (newest < 0)
            Visitors.Remove(s.Visitor);
        Free(slot);
    }

    /// <summary>Takes the next older session out of the list.</summary>
    public void RemoveOlder(int newer)
    {
        ref var s = ref _sessions[newer];
        var slot = s.Older;
        s.Older = _sessions[slot].Older;
        Free(slot);
    }

    /// <summary>Gives the memory of texts back that no kept session uses any more, when that pays.</summary>
    public void CompactTexts()
    {
        if (!Texts.WantsCompaction)
            return;
        var map = new int[Texts.Count];
        Visitors.MarkProjects(map);
        foreach (var slot in Slots)
            _sessions[slot].MarkTexts(map);
        Texts.Compact(map);
        _project = 0;
        _upcomingProject = 0;
        Visitors.Renumber(map);
        foreach (var slot in Slots)
            _sessions[slot].RenumberTexts(map);
    }

    private void Free(int slot)
    {
        _sessions[slot].Free();
        _sessions.Give(slot);
    }

    /// <summary>Walks the slots that hold a session.</summary>
    internal struct SlotWalk(Slab<Session> sessions)
    {
        public int Current { get; private set; } = -1;

        public readonly SlotWalk GetEnumerator() => this;

        public bool MoveNext()
        {
            while (++Current < sessions.HighWater)
            {
                if (sessions[Current].Is(SessionFlags.Alive))
                    return true;
            }
            return false;
        }
    }
}

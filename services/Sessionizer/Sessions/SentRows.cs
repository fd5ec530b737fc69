namespace Tidemark.Sessionizer.Sessions;

/// <summary>
/// The rows that are out for the sessions and have to be taken back when these change. A session whose row is what it would write again needs none kept; from the first change on
/// its row is kept as it went out (<see cref="FrozenRows"/>), and a merged session has those of all that it absorbed.
/// </summary>
internal sealed class SentRows(SessionStore store, SessionRows rows)
{
    private readonly FrozenRows _frozen = new();
    private readonly List<int> _retracted = [];
    private long[] _absorbed = [];

    /// <summary>Keeps the row of a session that is about to change, when it has one that is not kept already; its state still says it.</summary>
    public void Keep(ref Session s)
    {
        if (s.Version > 0 && s.Frozen < 0)
            Keep(ref s, rows.Encode(s, []));
    }

    /// <summary>Keeps a row that the session's state alone does not say: one that names absorbed sessions.</summary>
    public void Keep(ref Session s, ReadOnlySpan<byte> message) =>
        s.Frozen = _frozen.Add(message.ToArray(), s.Version, store.IdOf(s), s.Start, -1);

    /// <summary>The rows of an older session become those of the one that absorbs it.</summary>
    public void Join(ref Session into, ref Session from)
    {
        into.Frozen = _frozen.Join(from.Frozen, into.Frozen);
        from.Frozen = -1;
    }

    /// <summary>Takes back every row that the session replaces, oldest first; returns their ids other than its own, valid until the next call.</summary>
    /// <param name="s">About to go out.</param>
    /// <param name="output">Null in a replay.</param>
    /// <param name="count">Rows taken back.</param>
    public ReadOnlySpan<long> Retract(ref Session s, ISessionOutput? output, out int count)
    {
        count = 0;
        if (s.Frozen < 0)
            return [];
        _retracted.Clear();
        for (var row = s.Frozen; row >= 0; row = _frozen[row].Next)
            _retracted.Add(row);
        _retracted.Sort((x, y) => _frozen[x].Start.CompareTo(_frozen[y].Start));
        count = _retracted.Count;
        if (_absorbed.Length < count)
            _absorbed = new long[count * 2];
        var id = store.IdOf(s);
        var others = 0;
        foreach (var row in _retracted)
        {
            output?.Row(store.VisitorIdOf(s), rows.Retraction(_frozen[row].Message), SessionRowKind.Retraction);
            if (_frozen[row].Id != id)
                _absorbed[others++] = _frozen[row].Id;
        }
        Forget(ref s);
        return _absorbed.AsSpan(0, others);
    }

    /// <summary>The rows of a session that have to be taken back.</summary>
    public void Save(in Session s, StateWriter state)
    {
        var count = 0;
        for (var row = s.Frozen; row >= 0; row = _frozen[row].Next)
            count++;
        state.Long(count);
        for (var row = s.Frozen; row >= 0; row = _frozen[row].Next)
        {
            state.Bytes(_frozen[row].Message);
            state.Long(_frozen[row].Version);
            state.Fixed(_frozen[row].Id);
            state.Long(_frozen[row].Start);
        }
    }

    public void Load(ref Session s, StateReader state)
    {
        for (var count = state.Count(); count > 0; count--)
        {
            var row = _frozen.Add(state.Bytes().ToArray(), state.Int(), state.Fixed(), state.Long(), -1);
            s.Frozen = _frozen.Join(s.Frozen, row);
        }
    }

    /// <summary>What is out stays.</summary>
    public void Forget(ref Session s)
    {
        _frozen.Free(s.Frozen);
        s.Frozen = -1;
    }
}

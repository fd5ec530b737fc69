namespace Tidemark.Sessionizer.Sessions;

/// <summary>
/// Rows exactly as they went out, kept for the sessions whose state no longer gives them: only those that a late event has changed, or that replaced others. Linked lists by number.
/// </summary>
internal sealed class FrozenRows
{
    private Row[] _rows = [];
    private int _free = -1;
    private int _highWater;

    public ref readonly Row this[int row] => ref _rows[row];

    public int Add(byte[] message, int version, long id, long start, int next)
    {
        int row;
        if (_free >= 0)
        {
            row = _free;
            _free = _rows[row].Next;
        }
        else
        {
            if (_highWater == _rows.Length)
                Array.Resize(ref _rows, Math.Max(16, _highWater * 2));
            row = _highWater++;
        }
        _rows[row] = new Row { Message = message, Version = version, Id = id, Start = start, Next = next };
        return row;
    }

    /// <summary>Puts the list <paramref name="second"/> behind the list <paramref name="first"/>; either may be -1.</summary>
    public int Join(int first, int second)
    {
        if (first < 0)
            return second;
        var last = first;
        while (_rows[last].Next >= 0)
            last = _rows[last].Next;
        _rows[last].Next = second;
        return first;
    }

    public void Free(int first)
    {
        while (first >= 0)
        {
            var next = _rows[first].Next;
            _rows[first] = new Row { Next = _free, Message = [] };
            _free = first;
            first = next;
        }
    }

    public struct Row
    {
        public byte[] Message;
        public int Version;
        public long Id;
        public long Start;
        public int Next;
    }
}

namespace Tidemark.EventLog;

/// <summary>Idle objects, at most <paramref name="capacity"/> of them.</summary>
internal sealed class Pool<T>(int capacity)
    where T : class
{
    private readonly Lock _gate = new();
    private readonly T[] _idle = new T[capacity];
    private int _count;

    internal T? TryTake()
    {
        lock (_gate)
            return _count == 0 ? null : _idle[--_count];
    }

    internal void GiveBack(T item) => TryGiveBack(item);

    /// <summary>False when there are enough already: the item is not kept.</summary>
    internal bool TryGiveBack(T item)
    {
        lock (_gate)
        {
            if (_count == _idle.Length)
                return false;
            _idle[_count++] = item;
            return true;
        }
    }
}

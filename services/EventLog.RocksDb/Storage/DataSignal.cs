namespace Tidemark.EventLog.RocksDb.Storage;

/// <summary>Wakes the readers that stand at the end of a partition. The list is empty while everybody is busy, so a commit costs one lock per partition.</summary>
internal sealed class DataSignal
{
    private readonly Lock _gate = new();
    private readonly List<DataWaiter> _waiting = [];
    private volatile bool _closed;

    internal bool IsClosed => _closed;

    /// <summary>False when the partition has moved beyond <paramref name="seenEnd"/> meanwhile, or the log closed.</summary>
    internal bool TryRegister(DataWaiter waiter, Partition partition, long seenEnd)
    {
        lock (_gate)
        {
            if (_closed || partition.End != seenEnd)
                return false;
            _waiting.Add(waiter);
            return true;
        }
    }

    internal void Remove(DataWaiter waiter)
    {
        lock (_gate)
            _waiting.Remove(waiter);
    }

    /// <summary>Called by the commit thread after the end has moved; the readers themselves run on pool threads.</summary>
    internal void Wake()
    {
        lock (_gate)
        {
            foreach (var waiter in _waiting)
                waiter.Wake();
            _waiting.Clear();
        }
    }

    internal void Close()
    {
        lock (_gate)
            _closed = true;
        Wake();
    }
}

namespace Tidemark.EventLog.RocksDb.Writing;

/// <summary>What waits for the commit thread, bounded in bytes. Two lists change places, so that nothing is allocated.</summary>
internal sealed class WriteQueue(long maxBytes)
{
    private readonly object _gate = new();
    private List<PendingWrite> _waiting = new(256);
    private long _bytes;
    private int _count;
    private bool _closed;
    private bool _sleeping;

    internal long Bytes => Volatile.Read(ref _bytes);

    internal int Count => Volatile.Read(ref _count);

    internal enum Answer
    {
        Queued,
        Full,
        Closed,
    }

    /// <summary>One write always fits an empty queue, however large.</summary>
    internal Answer TryAdd(PendingWrite write)
    {
        lock (_gate)
        {
            if (_closed)
                return Answer.Closed;
            if (_bytes > 0 && _bytes + write.Bytes > maxBytes)
                return Answer.Full;
            _bytes += write.Bytes;
            _waiting.Add(write);
            _count = _waiting.Count;
            if (_sleeping)
                Monitor.Pulse(_gate);
            return Answer.Queued;
        }
    }

    /// <summary>Waits until something is there. False: closed and drained.</summary>
    internal bool WaitForSome()
    {
        lock (_gate)
        {
            while (_waiting.Count == 0)
            {
                if (_closed)
                    return false;
                _sleeping = true;
                Monitor.Wait(_gate);
                _sleeping = false;
            }
            return true;
        }
    }

    /// <summary>Hands everything over and takes the (empty) list for the next ones.</summary>
    internal void Take(ref List<PendingWrite> taken)
    {
        lock (_gate)
        {
            (_waiting, taken) = (taken, _waiting);
            _count = 0;
        }
    }

    /// <summary>The bytes of finished writes no longer count.</summary>
    internal void Release(long bytes)
    {
        lock (_gate)
            _bytes -= bytes;
    }

    internal void Close()
    {
        lock (_gate)
        {
            _closed = true;
            Monitor.PulseAll(_gate);
        }
    }
}

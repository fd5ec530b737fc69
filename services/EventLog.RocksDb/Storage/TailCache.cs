namespace Tidemark.EventLog.RocksDb.Storage;

/// <summary>The newest batches of a partition, without gaps, bounded in bytes: a ring with the oldest first.</summary>
internal sealed class TailCache(int capacityBytes)
{
    private readonly Lock _gate = new();
    private TailBatch?[] _ring = new TailBatch?[16];
    private int _first;
    private int _count;
    private long _bytes;

    /// <summary>Takes over the caller's reference. Batches come in offset order.</summary>
    internal void Add(TailBatch batch)
    {
        lock (_gate)
        {
            if (_count == _ring.Length)
                Grow();
            _ring[(_first + _count) & (_ring.Length - 1)] = batch;
            _count++;
            _bytes += batch.Footprint;
            while (_bytes > capacityBytes && _count > 0)
                RemoveFirst();
        }
    }

    /// <summary>The batch that holds the offset, with a reference for the caller; null when it is not, or no longer, in memory.</summary>
    internal TailBatch? Find(long offset)
    {
        lock (_gate)
        {
            var low = 0;
            var high = _count - 1;
            while (low <= high)
            {
                var middle = (low + high) >> 1;
                var batch = _ring[(_first + middle) & (_ring.Length - 1)]!;
                if (offset < batch.BaseOffset)
                    high = middle - 1;
                else if (offset >= batch.EndOffset)
                    low = middle + 1;
                else
                {
                    batch.AddReference();
                    return batch;
                }
            }
            return null;
        }
    }

    internal void Clear()
    {
        lock (_gate)
        {
            while (_count > 0)
                RemoveFirst();
        }
    }

    private void RemoveFirst()
    {
        var batch = _ring[_first]!;
        _ring[_first] = null;
        _first = (_first + 1) & (_ring.Length - 1);
        _count--;
        _bytes -= batch.Footprint;
        batch.Release();
    }

    private void Grow()
    {
        var larger = new TailBatch?[_ring.Length * 2];
        for (var i = 0; i < _count; i++)
            larger[i] = _ring[(_first + i) & (_ring.Length - 1)];
        _ring = larger;
        _first = 0;
    }
}

using Tidemark.EventLog.RocksDb.Storage;

namespace Tidemark.EventLog.RocksDb.Retention;

/// <summary>
/// Finds batches by what only grows along a partition (time of the append, bytes stored) by bisection over offsets: some thirty seeks, whatever the size.
/// The partition may be trimmed meanwhile.
/// </summary>
internal static class BatchIndex
{
    /// <summary>Base offset of the first batch between start and end of which <paramref name="keep"/> is true; the end when there is none.</summary>
    internal static long First(LogStore store, Partition partition, Func<BatchHeader, bool> keep)
    {
        // Both are borders of batches: everything before low goes, everything from high on stays.
        var (low, high) = (partition.Start, partition.End);
        while (low < high)
        {
            if (At(store, partition, low + (high - low) / 2) is not (var baseOffset, var header))
                low = Math.Max(low, partition.StagedStart);
            else if (keep(header))
                high = baseOffset;
            else
                low = baseOffset + header.Count;
        }
        return low;
    }

    /// <summary>Base offset and header of the batch that holds an offset; null when it was trimmed.</summary>
    internal static (long BaseOffset, BatchHeader Header)? At(LogStore store, Partition partition, long offset)
    {
        Span<byte> key = stackalloc byte[Partition.MaxKeyLength];
        using var cursor = store.Read(partition.ColumnFamily, sequential: false);
        cursor.SeekBack(partition.Key(offset, key));
        var error = cursor.Valid ? null : cursor.Error();
        if (cursor.Valid && cursor.Key.StartsWith(partition.KeyPrefix) && BatchHeader.TryRead(cursor.Value, out var header))
            return (partition.OffsetOf(cursor.Key), header);
        if (error is null && offset < partition.StagedStart)
            return null;
        throw StoreErrors.AtRead(partition.Id, offset, error ?? "the batch that held it is missing");
    }
}

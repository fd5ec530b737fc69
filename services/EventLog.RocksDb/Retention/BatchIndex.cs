using Tidemark.EventLog.RocksDb.Storage;

namespace Tidemark.EventLog.RocksDb.Retention;

/// <summary>
/// Finds batches by what only grows along a partition (time of the append, bytes stored) by bisection over offsets: some thirty seeks, whatever the size.
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
            var (baseOffset, header) = At(store, partition, low + (high - low) / 2);
            if (keep(header))
                high = baseOffset;
            else
                low = baseOffset + header.Count;
        }
        return low;
    }

    /// <summary>Header of the batch that holds an offset.</summary>
    internal static (long BaseOffset, BatchHeader Header) At(LogStore store, Partition partition, long offset)
    {
        Span<byte> key = stackalloc byte[Partition.MaxKeyLength];
        using var cursor = store.Read(partition.ColumnFamily, sequential: false);
        cursor.SeekBack(partition.Key(offset, key));
        if (!cursor.Valid)
            throw StoreErrors.AtRead(partition.Id, offset, cursor.Error() ?? "the batch that held it is missing");
        if (!cursor.Key.StartsWith(partition.KeyPrefix) || !BatchHeader.TryRead(cursor.Value, out var header))
            throw StoreErrors.AtRead(partition.Id, offset, "the batch that held it is missing");
        return (partition.OffsetOf(cursor.Key), header);
    }
}

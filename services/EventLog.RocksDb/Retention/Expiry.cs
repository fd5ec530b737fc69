using Tidemark.EventLog.RocksDb.Storage;

namespace Tidemark.EventLog.RocksDb.Retention;

/// <summary>What age and size of a topic's definition let stay.</summary>
internal sealed class Expiry(LogStore store, TimeProvider time)
{
    /// <summary>A border of batches between start and end. Reads from the disk.</summary>
    internal long FirstKept(Partition partition)
    {
        var first = partition.Start;
        if (partition.Definition.RetentionTime is { } age)
        {
            var oldest = time.GetUtcNow().ToUnixTimeMilliseconds() - (long)age.TotalMilliseconds;
            first = Math.Max(first, BatchIndex.First(store, partition, batch => batch.AppendedMs >= oldest));
        }
        if (partition.Definition.RetentionBytes is { } bytes)
        {
            var from = partition.Committed.Bytes - bytes;
            first = Math.Max(first, BatchIndex.First(store, partition, batch => batch.BytesBefore >= from));
        }
        return first;
    }
}

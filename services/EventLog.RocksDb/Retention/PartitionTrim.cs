using Microsoft.Extensions.Logging;
using Tidemark.EventLog.RocksDb.Storage;
using Tidemark.EventLog.RocksDb.Writing;

namespace Tidemark.EventLog.RocksDb.Retention;

/// <summary>
/// Removes whole batches from the start of a partition. The new start is committed first, then files are dropped: a crash in between leaves unreachable bytes, never a hole.
/// </summary>
internal sealed class PartitionTrim(LogStore store, Func<PendingWrite, ValueTask> enqueue, EventLogMetrics metrics, ILogger logger)
{
    /// <summary>The start afterwards.</summary>
    internal async ValueTask<long> RunAsync(Partition partition, long before, CancellationToken cancellation)
    {
        var start = partition.Start;
        var end = partition.End;
        // The end is a border; what holds another offset stays whole.
        var wanted = before >= end ? end : before <= start ? start : BatchIndex.At(store, partition, before)?.BaseOffset ?? start;
        if (wanted <= start)
            return partition.Start;
        var trim = new PendingTrim(partition, wanted, cancellation);
        await enqueue(trim).ConfigureAwait(false);
        if (trim.Removed > 0)
        {
            DropFiles(partition, wanted);
            metrics.Trimmed(partition.Id.Topic, trim.Removed);
            logger.Trimmed(partition.Id, trim.Removed, wanted);
        }
        return partition.Start;
    }

    private void DropFiles(Partition partition, long start)
    {
        Span<byte> from = stackalloc byte[Partition.MaxKeyLength];
        Span<byte> to = stackalloc byte[Partition.MaxKeyLength];
        store.DeleteFiles(partition.ColumnFamily, partition.Key(0, from), partition.Key(start - 1, to));
    }
}

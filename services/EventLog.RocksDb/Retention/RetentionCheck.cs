using Microsoft.Extensions.Logging;
using Tidemark.EventLog.RocksDb.Groups;
using Tidemark.EventLog.RocksDb.Storage;
using Tidemark.EventLog.RocksDb.Writing;

namespace Tidemark.EventLog.RocksDb.Retention;

/// <summary>
/// Removes whole batches from the start of partitions, by age and size, as far as those who still need them let it. The new start is committed first, then
/// files are dropped: a crash in between leaves unreachable bytes, never a hole.
/// </summary>
internal sealed class RetentionCheck(
    LogStore store, PartitionTable partitions, GroupCoordinator groups, RocksDbLogOptions options, Func<PendingWrite, ValueTask> enqueue,
    TimeProvider time, EventLogMetrics metrics, ILogger logger)
{
    internal async Task RunPeriodicallyAsync(CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(options.RetentionInterval, time);
        while (await timer.WaitForNextTickAsync(cancellation).ConfigureAwait(false))
        {
            try
            {
                await RunAsync(cancellation).ConfigureAwait(false);
            }
            catch (Exception error) when (error is not OperationCanceledException and not ObjectDisposedException)
            {
                logger.RetentionFailed(error);
            }
        }
    }

    internal async Task RunAsync(CancellationToken cancellation)
    {
        foreach (var partition in partitions.All)
        {
            cancellation.ThrowIfCancellationRequested();
            await TrimAsync(partition, cancellation).ConfigureAwait(false);
        }
    }

    private async ValueTask TrimAsync(Partition partition, CancellationToken cancellation)
    {
        var start = partition.Start;
        var wanted = Wanted(partition);
        if (wanted <= start)
            return;
        var (holder, floor) = Floor(partition);
        if (floor < wanted)
        {
            logger.RetentionHeld(partition.Id, wanted, holder, floor);
            if (floor <= start)
                return;
            wanted = BatchIndex.At(store, partition, floor).BaseOffset;
            if (wanted <= start)
                return;
        }
        await enqueue(new PendingTrim(partition, wanted, cancellation)).ConfigureAwait(false);
        DropFiles(partition, wanted);
        metrics.Trimmed(partition.Id.Topic, wanted - start);
        logger.Trimmed(partition.Id, wanted - start, wanted);
    }

    /// <summary>Where the partition would start by age and size alone.</summary>
    private long Wanted(Partition partition)
    {
        var wanted = partition.Start;
        if (partition.Start == partition.End)
            return wanted;
        if (partition.Definition.RetentionTime is { } age)
        {
            var oldest = (time.GetUtcNow() - age).ToUnixTimeMilliseconds();
            wanted = Math.Max(wanted, BatchIndex.First(store, partition, batch => batch.AppendedMs >= oldest));
        }
        if (partition.Definition.RetentionBytes is { } bytes)
        {
            var from = partition.Committed.Bytes - bytes;
            wanted = Math.Max(wanted, BatchIndex.First(store, partition, batch => batch.BytesBefore >= from));
        }
        return wanted;
    }

    private (string Holder, long Floor) Floor(Partition partition)
    {
        var (holder, floor) = ("nobody", long.MaxValue);
        if (options.RetentionWaitsForGroups)
        {
            foreach (var (group, position) in groups.Positions(partition))
            {
                if (position < floor)
                    (holder, floor) = ($"group {group}", position);
            }
        }
        if (options.RetentionFloor?.Invoke(partition.Id) is { } asked && asked < floor)
            (holder, floor) = ("the retention floor", asked);
        return (holder, floor);
    }

    private void DropFiles(Partition partition, long start)
    {
        Span<byte> from = stackalloc byte[Partition.MaxKeyLength];
        Span<byte> to = stackalloc byte[Partition.MaxKeyLength];
        store.DeleteFiles(partition.ColumnFamily, partition.Key(0, from), partition.Key(start - 1, to));
    }
}

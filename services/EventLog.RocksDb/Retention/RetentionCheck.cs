using Microsoft.Extensions.Logging;
using Tidemark.EventLog.RocksDb.Storage;

namespace Tidemark.EventLog.RocksDb.Retention;

/// <summary>Removes what age and size do not keep, as Kafka's brokers do, from the topics that their readers do not trim.</summary>
internal sealed class RetentionCheck(PartitionTable partitions, Expiry expiry, PartitionTrim trim, TimeSpan interval, TimeProvider time, ILogger logger)
{
    internal async Task RunPeriodicallyAsync(CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(interval, time);
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
            if (!partition.Definition.TrimmedByReaders)
                await trim.RunAsync(partition, expiry.FirstKept(partition), cancellation).ConfigureAwait(false);
        }
    }
}

using Microsoft.Extensions.Logging;
using Tidemark.Contracts;
using Tidemark.EventLog;
using Tidemark.ServiceDefaults.Partitions;

namespace Tidemark.Aggregator.Retention;

/// <summary>
/// Shortens an owned partition by age and size once it is in the tables. Only of topics that nobody else reads: the events go by what the sessionizer needs, and their records by its own trim.
/// Runs beside the loader, and never stops it.
/// </summary>
/// <param name="settles">How long something has to be loaded before it goes.</param>
internal sealed class LoadedTrim(IEventLog log, TopicPartition partition, TimeSpan settles, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan _every = TimeSpan.FromMinutes(1);

    private readonly SettledPosition _loaded = new(log, Groups.Aggregator, partition, settles, time);

    /// <summary>Topics whose only reader is the loader.</summary>
    public static bool Trims(string topic) => topic is Topics.Sessions or Topics.Late or Topics.Rejected;

    /// <summary>Until the partition is let go of.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        var failed = "";
        using var timer = new PeriodicTimer(_every, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stop))
            {
                try
                {
                    await TrimAsync(stop);
                    failed = "";
                }
                catch (LogException away)
                {
                    // Once for each reason: it is tried again every minute.
                    if (away.Message != failed)
                        logger.NotTrimmed(partition.ToString(), away.Message);
                    failed = away.Message;
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Let go of.
        }
    }

    /// <summary>What may go now, goes.</summary>
    internal async Task TrimAsync(CancellationToken cancellation)
    {
        if (await _loaded.AskAsync(cancellation) is not { } loaded)
            return;
        var range = await log.RangeAsync(partition, cancellation);
        var before = Math.Min(loaded, await log.ExpiredAsync(partition, cancellation));
        if (before > range.Start)
            await log.TrimAsync(partition, before, cancellation);
    }
}

using Microsoft.Extensions.Logging;
using Tidemark.Collector.Intake;
using Tidemark.EventLog;

namespace Tidemark.Collector.IntakeTopic;

/// <summary>
/// One owned partition from first to last: read and commit from the group's position on, and after whatever the log answers the right thing to do next. Nothing is kept
/// but the position, so a failure costs the batch that was open, which is read again.
/// </summary>
internal sealed class IntakeWorker(
    IEventLog log, IPartitionOwnership ownership, CollectorOptions options, MessageJudge judge, RejectedAllowance allowance, TimeProvider time, CollectorMetrics metrics,
    IntakePartition status, ILogger logger)
{
    private static readonly TimeSpan _firstDelay = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan _longestDelay = TimeSpan.FromSeconds(10);

    private TimeSpan _delay = _firstDelay;
    private long _firstHeld;

    /// <summary>Returns when the partition was let go of, or stands still until somebody acts.</summary>
    internal async Task RunAsync(CancellationToken stop)
    {
        while (true)
        {
            try
            {
                await RunOnceAsync(stop);
                return;
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (LogFencedException)
            {
                metrics.IntakeFailed("fenced");
                logger.Fenced(ownership.Partition);
                return;
            }
            catch (Exception failed) when (failed is LogTransactionAbortedException or LogOutcomeUnknownException)
            {
                metrics.IntakeFailed(failed is LogOutcomeUnknownException ? "unknown" : "aborted");
                logger.RolledBack(ownership.Partition, failed.Message);
            }
            catch (Exception failed) when (failed is LogUnavailableException or LogFullException)
            {
                metrics.IntakeFailed("unavailable");
                logger.LogAway(ownership.Partition, failed.Message, _delay.TotalSeconds);
            }
            catch (LogOffsetOutOfRangeException gone) when (gone.Range.Start > Position)
            {
                // What retention removed is lost whether reading goes on or not; standing still would lose more.
                metrics.IntakeLost(gone.Range.Start - Position);
                logger.MessagesLost(ownership.Partition, gone.Range.Start - Position, Position);
                _firstHeld = gone.Range.Start;
                continue;
            }
            catch (LogException failed)
            {
                metrics.IntakeFailed("stopped");
                status.Stopped = true;
                status.Oldest.Some();
                logger.Stopped(ownership.Partition, failed.Message);
                return;
            }
            if (!await PauseAsync(stop))
                return;
        }
    }

    private long Position => Math.Max(ownership.Position, _firstHeld);

    private async Task RunOnceAsync(CancellationToken stop)
    {
        var position = Position;
        using var reader = log.OpenReader(ownership.Partition, position);
        using var batch = new IntakeBatch(log, ownership, options, judge, allowance, time, metrics, status.Oldest, position);
        await new IntakeLoop(reader, batch, status, time, () => _delay = _firstDelay, logger).RunAsync(stop);
    }

    private async Task<bool> PauseAsync(CancellationToken stop)
    {
        try
        {
            await Task.Delay(_delay, time, stop);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
        _delay = TimeSpan.FromTicks(Math.Min(_delay.Ticks * 2, _longestDelay.Ticks));
        return true;
    }
}

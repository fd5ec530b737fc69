using Microsoft.Extensions.Logging;
using Tidemark.Collector.Intake;
using Tidemark.EventLog;

namespace Tidemark.Collector.IntakeTopic;

/// <summary>
/// One owned partition from first to last: read and commit from the group's position on, and decide per failure of the log: retry, roll back, go on further or stop. Nothing is kept
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
    private long? _anew;
    private string? _topicId;

    private long Position => _anew ?? Math.Max(ownership.Position, _firstHeld);

    /// <summary>Returns when the partition is let go of; one that is stopped is kept, so that everybody sees it and what waits in it.</summary>
    internal async Task RunAsync(CancellationToken stop)
    {
        if (await ProcessAsync(stop))
            return;
        do
            await MeasureAsync(stop);
        while (await PauseAsync(_longestDelay, stop));
    }

    /// <summary>True when the partition was let go of; false when it is stopped and an operator must act.</summary>
    private async Task<bool> ProcessAsync(CancellationToken stop)
    {
        while (true)
        {
            try
            {
                await RunOnceAsync(stop);
                return true;
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return true;
            }
            catch (LogFencedException)
            {
                metrics.IntakeFailed("fenced");
                logger.Fenced(ownership.Partition);
                return true;
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
                (_firstHeld, _anew) = (gone.Range.Start, null);
                continue;
            }
            catch (LogOffsetOutOfRangeException gone) when (gone.Range.End < Position)
            {
                // Another topic of that name. Were it the same one that lost its end: what is read twice has the same ids.
                BeginAnew(gone.Range.Start);
                continue;
            }
            catch (IntakeTopicMadeAnewException)
            {
                BeginAnew(null);
                continue;
            }
            catch (LogException failed)
            {
                metrics.IntakeFailed("stopped");
                status.Stopped = true;
                logger.Stopped(ownership.Partition, failed.Message);
                return false;
            }
            await MeasureAsync(stop);
            if (!await PauseAsync(_delay, stop))
                return true;
            _delay = TimeSpan.FromTicks(Math.Min(_delay.Ticks * 2, _longestDelay.Ticks));
        }
    }

    private async Task RunOnceAsync(CancellationToken stop)
    {
        _topicId = await log.IdentityAsync(ownership.Partition.Topic, stop);
        if (_anew is { } first)
            _anew = Math.Max(first, (await log.RangeAsync(ownership.Partition, stop)).Start);
        var position = Position;
        using var reader = log.OpenReader(ownership.Partition, position);
        using var batch = new IntakeBatch(log, ownership, options, judge, allowance, time, metrics, status.Oldest, position);
        await new IntakeLoop(reader, batch, CheckTopicAsync, status, time, Committed, logger).RunAsync(stop);
    }

    private void BeginAnew(long? start)
    {
        logger.TopicMadeAnew(ownership.Partition, Position);
        (_anew, _firstHeld) = (start ?? 0, 0);
    }

    /// <summary>A topic can be made anew under a running collector, and its reader would go on at the same offset.</summary>
    private async ValueTask CheckTopicAsync(CancellationToken cancellation)
    {
        if (await log.IdentityAsync(ownership.Partition.Topic, cancellation) != _topicId)
            throw new IntakeTopicMadeAnewException();
    }

    private void Committed() => (_delay, _anew, _firstHeld) = (_firstDelay, null, 0);

    /// <summary>What waits while nobody reads the partition; where the log does not say, what was known last stays.</summary>
    private async ValueTask MeasureAsync(CancellationToken stop)
    {
        status.Oldest.Some();
        try
        {
            var range = await log.RangeAsync(ownership.Partition, stop);
            status.Waits(Math.Max(0, range.End - Math.Max(range.Start, Position)));
        }
        catch (Exception failed) when (failed is LogException or OperationCanceledException)
        {
            // The age grows by the clock.
        }
    }

    /// <summary>False when the partition has to be let go of.</summary>
    private async Task<bool> PauseAsync(TimeSpan delay, CancellationToken stop)
    {
        try
        {
            await Task.Delay(delay, time, stop);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
        return true;
    }

    private sealed class IntakeTopicMadeAnewException : Exception;
}

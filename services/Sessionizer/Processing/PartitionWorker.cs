using Microsoft.Extensions.Logging;
using Tidemark.Contracts;
using Tidemark.EventLog;
using Tidemark.Sessionizer.Sessions;

namespace Tidemark.Sessionizer.Processing;

/// <summary>
/// One owned partition from first to last: rebuild, process, and decide per failure of the log: retry, roll back or stop. The state in memory is thrown away whenever
/// it may be ahead of the log.
/// </summary>
internal sealed class PartitionWorker(
    IEventLog log, IPartitionOwnership ownership, SessionizerOptions options, TimeProvider time, SessionizerMetrics metrics, PartitionStatus status, ILogger logger)
{
    private static readonly TimeSpan _firstDelay = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan _longestDelay = TimeSpan.FromSeconds(10);

    private readonly Lane _lane = Lanes.OfTopic(ownership.Partition.Topic);
    private TimeSpan _delay = _firstDelay;

    /// <summary>Returns when the partition is let go of; one that is stopped is kept, so that everybody sees it and what waits in it.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        if (await ProcessAsync(stop))
            return;
        do
            await MeasureAsync(stop);
        while (await PauseAsync(_longestDelay, stop));
    }

    /// <summary>True when the partition was let go of; false when it is stopped and an operator must act.</summary>
    internal async Task<bool> ProcessAsync(CancellationToken stop)
    {
        var firstTime = true;
        while (true)
        {
            try
            {
                await RunOnceAsync(firstTime, stop);
                return true;
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return true;
            }
            catch (LogFencedException)
            {
                metrics.Failed(_lane, "fenced");
                logger.Fenced(ownership.Partition);
                return true;
            }
            catch (Exception failed) when (failed is LogTransactionAbortedException or LogOutcomeUnknownException)
            {
                metrics.Failed(_lane, failed is LogOutcomeUnknownException ? "unknown" : "aborted");
                logger.RolledBack(ownership.Partition, failed.Message);
            }
            catch (Exception failed) when (failed is LogUnavailableException or LogFullException)
            {
                metrics.Failed(_lane, "unavailable");
                // Once for each time that it goes away: readiness and the metric tell that it still is.
                if (_delay == _firstDelay)
                    logger.LogAway(ownership.Partition, failed.Message);
            }
            catch (Exception failed) when (failed is PartitionStoppedException or LogException)
            {
                status.Stopped = failed.Message;
                status.Oldest.Some();
                logger.Stopped(ownership.Partition, failed.Message);
                return false;
            }
            firstTime = false;
            status.Replaying = true;
            await MeasureAsync(stop);
            if (!await PauseAsync(_delay, stop))
                return true;
            _delay = TimeSpan.FromTicks(Math.Min(_delay.Ticks * 2, _longestDelay.Ticks));
        }
    }

    private async Task RunOnceAsync(bool firstTime, CancellationToken stop)
    {
        status.Oldest.Some();
        var topicId = await log.IdentityAsync(ownership.Partition.Topic, stop);
        var replay = new Replay(log, ownership, NewRules, topicId, options, time, metrics, status, logger);
        var position = await replay.RunAsync(firstTime, stop);
        var rules = replay.Rules;
        var settings = options.Settings;
        rules.Use(settings);
        var changed = replay.Settings is { } before && !before.Equals(settings);
        if (changed)
            Changed(settings, position);
        (rules as LivePartition)?.AssumeLive();
        status.Replaying = false;

        using var reader = log.OpenReader(ownership.Partition, position);
        var tenure = new CommitTenure(log, ownership.Partition, topicId, replay.Writer, replay.Begins);
        using var interval = new CommitInterval(ownership, rules, options, tenure, time, metrics, status.Oldest, position);
        // The others of the group look here for what settings a partition goes by.
        if (replay.Begins || changed)
            await interval.CommitAsync([], flush: false, live: false, CancellationToken.None);
        try
        {
            await new PartitionLoop(reader, interval, rules, options, time, status, () => _delay = _firstDelay, logger).RunAsync(stop);
        }
        catch (LogOffsetOutOfRangeException)
        {
            // A topic that was made anew and is still shorter shows here first.
            await tenure.CheckTopicAsync(stop);
            throw;
        }
    }

    private void Changed(SettingsByProject settings, long position) =>
        logger.RulesChanged(
            ownership.Partition, settings.General.GapMs, settings.General.DisorderMs, settings.General.LatenessMs, settings.Projects.Count, position);

    private PartitionRules NewRules()
    {
        // Projects come into the rules with the settings that first name them, in a replay as in the run that it repeats.
        var general = options.Settings.General;
        var seed = System.Security.Cryptography.RandomNumberGenerator.GetInt32(int.MaxValue);
        return ownership.Partition.Topic == Topics.History
            ? new HistoryPartition(ownership.Partition.Partition, general, options.HistoryDuplicateWindow, seed)
            : new LivePartition(general, options.DuplicateWindow, seed);
    }

    /// <summary>What waits while nobody reads the partition; where the log does not say, what was known last stays.</summary>
    private async ValueTask MeasureAsync(CancellationToken stop)
    {
        status.Oldest.Some();
        try
        {
            var range = await log.RangeAsync(ownership.Partition, stop);
            status.Position = Math.Max(Math.Max(status.Position, ownership.Position), range.Start);
            status.End = range.End;
            if (status.End <= status.Position)
                status.Oldest.None();
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
}

using Microsoft.Extensions.Logging;
using Tidemark.Contracts;
using Tidemark.EventLog;
using Tidemark.Sessionizer.Sessions;

namespace Tidemark.Sessionizer.Processing;

/// <summary>
/// One owned partition from first to last: rebuild, process, and after whatever the log answers the right thing to do next. The state in memory is thrown away whenever
/// it may be ahead of the log.
/// </summary>
internal sealed class PartitionWorker(
    IEventLog log, IPartitionOwnership ownership, SessionizerOptions options, TimeProvider time, SessionizerMetrics metrics, PartitionStatus status, ILogger logger)
{
    private static readonly TimeSpan _firstDelay = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan _longestDelay = TimeSpan.FromSeconds(10);

    private readonly string _lane = ownership.Partition.Topic == Topics.History ? "history" : "live";
    private TimeSpan _delay = _firstDelay;

    /// <summary>True when the partition was let go of; false when it stands still until somebody acts.</summary>
    public async Task<bool> RunAsync(CancellationToken stop)
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
            if (!await PauseAsync(stop))
                return true;
        }
    }

    private async Task RunOnceAsync(bool firstTime, CancellationToken stop)
    {
        var rules = NewRules();
        status.Oldest.Some();
        var replay = new Replay(log, ownership, rules, time, metrics, status, logger);
        var position = await replay.RunAsync(firstTime, stop);
        var settings = options.Settings;
        rules.Use(settings);
        if (replay.Settings is { } before && !before.Equals(settings))
            Changed(settings, position);
        (rules as LivePartition)?.AssumeLive();
        status.Replaying = false;

        using var reader = log.OpenReader(ownership.Partition, position);
        using var interval = new CommitInterval(ownership, rules, options, time, metrics, status.Oldest, position);
        await new PartitionLoop(reader, interval, rules, options, time, status, () => _delay = _firstDelay, logger).RunAsync(stop);
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

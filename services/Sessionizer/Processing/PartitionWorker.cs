using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Tidemark.Contracts;
using Tidemark.EventLog;
using Tidemark.ServiceDefaults.Partitions;
using Tidemark.Sessionizer.Sessions;
using Tidemark.Sessionizer.Snapshots;

namespace Tidemark.Sessionizer.Processing;

/// <summary>
/// The sessionizer's part of an owned partition: rebuild the state from the log, then process. The state in memory is thrown away with every failure, since it may be ahead of the log.
/// </summary>
/// <param name="recoveries">Held during a recovery, so that not all partitions of a process recover at once.</param>
internal sealed class PartitionWorker(
    IEventLog log, IPartitionOwnership ownership, SessionizerOptions options, TimeProvider time, SnapshotRequests requests, SemaphoreSlim recoveries, SessionizerMetrics metrics,
    SessionizerPartition status, ILogger logger)
    : IPartitionWork
{
    private readonly Lane _lane = Lanes.OfTopic(ownership.Partition.Topic);

    // The owner's position is that of when it got the partition; after a commit of its own the commit records are ahead of it.
    private bool _firstTime = true;

    public long Position => Math.Max(status.Position, ownership.Position);

    public async ValueTask<IPartitionRun> RecoverAsync(CancellationToken stop)
    {
        var topicId = await log.IdentityAsync(ownership.Partition.Topic, stop);
        var schedule = new SnapshotSchedule(options.RecoveryTime);
        var recovery = new Recovery(log, ownership, NewRules, topicId, options, time, metrics, status, logger);
        await recoveries.WaitAsync(stop);
        Replay replay;
        long position;
        try
        {
            (replay, position) = await recovery.RunAsync(_firstTime, schedule, stop);
        }
        finally
        {
            recoveries.Release();
        }
        var rules = replay.Rules;
        var settings = options.Settings;
        rules.Use(settings);
        var changed = replay.Settings is { } before && !before.Equals(settings);
        if (changed)
            Changed(settings, position);
        (rules as LivePartition)?.AssumeLive();
        var tenure = new CommitTenure(log, ownership.Partition, topicId, replay.Writer, replay.Begins);
        var snapshots = new Snapshotter(ownership.Partition, topicId, schedule, requests, logger);
        var interval = new CommitInterval(ownership, rules, options, tenure, snapshots, time, metrics, status.Oldest, logger, position);
        // The others of the group look at commit records for what settings a partition goes by.
        return new PartitionRun(log.OpenReader(ownership.Partition, position), interval, snapshots, rules, tenure, replay.Begins || changed, replay.Horizons, options, time, status, logger);
    }

    public AfterFailure? Judge(Exception failure) => failure is PartitionStoppedException ? AfterFailure.Stop : null;

    public void Failed(in PartitionFailure failure)
    {
        _firstTime = false;
        switch (failure.Then)
        {
            case AfterFailure.RollBack:
                metrics.Failed(_lane, failure.Exception is LogOutcomeUnknownException ? "unknown" : "aborted");
                logger.RolledBack(ownership.Partition, failure.Exception.Message);
                break;
            case AfterFailure.Wait:
                metrics.Failed(_lane, "unavailable");
                // Once for each time that it goes away: readiness and the metric tell that it still is.
                if (failure.IsFirst)
                    logger.LogAway(ownership.Partition, failure.Exception.Message);
                break;
            case AfterFailure.LetGo:
                metrics.Failed(_lane, "fenced");
                logger.Fenced(ownership.Partition);
                break;
            case AfterFailure.Stop:
                logger.Stopped(ownership.Partition, failure.Exception.Message);
                break;
        }
    }

    private void Changed(SettingsByProject settings, long position) =>
        logger.RulesChanged(
            ownership.Partition, settings.General.GapMs, settings.General.DisorderMs, settings.General.LatenessMs, settings.Projects.Count, position);

    private PartitionRules NewRules()
    {
        // Projects come into the rules with the settings that first name them, in a replay as in the run that it repeats.
        var general = options.Settings.General;
        var seed = RandomNumberGenerator.GetInt32(int.MaxValue);
        return ownership.Partition.Topic == Topics.History
            ? new HistoryPartition(ownership.Partition.Partition, general, options.HistoryDuplicateWindow, seed)
            : new LivePartition(general, options.DuplicateWindow, seed);
    }
}

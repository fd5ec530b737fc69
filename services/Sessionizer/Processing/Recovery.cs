using Microsoft.Extensions.Logging;
using Tidemark.Contracts;
using Tidemark.EventLog;
using Tidemark.Sessionizer.Sessions;
using Tidemark.Sessionizer.Snapshots;

namespace Tidemark.Sessionizer.Processing;

/// <summary>
/// Brings a partition's state back: the newest whole snapshot, then what was committed since. A snapshot that cannot be read, or from which the commit records do not lead to the
/// group's position, is passed over for the one before it, and at last for the whole log.
/// </summary>
internal sealed class Recovery(
    IEventLog log, IPartitionOwnership ownership, Func<PartitionRules> newRules, string topicId, SessionizerOptions options, TimeProvider time, SessionizerMetrics metrics,
    SessionizerPartition status, ILogger logger)
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(10);

    /// <summary>The state and where to go on.</summary>
    /// <param name="checkPosition">Whether the group's position was read after the last commit, and so has to be that of the last commit record.</param>
    /// <param name="schedule">Told what the recovery from here would cost.</param>
    /// <param name="cancellation">Gives it up.</param>
    public async Task<(Replay Replay, long Position)> RunAsync(bool checkPosition, SnapshotSchedule schedule, CancellationToken cancellation)
    {
        var scan = new SnapshotScan(ownership.Partition, topicId, keepData: true);
        var state = new TopicPartition(Topics.SessionizerState, ownership.Partition.Partition);
        var range = await log.RangeAsync(state, cancellation);
        await SnapshotScan.ReadAsync(log, state, range.Start, range.Written, [scan], _patience, cancellation);
        scan.End();
        if (scan.Torn > 0)
            logger.TornSnapshots(ownership.Partition, scan.Torn);
        foreach (var snapshot in scan.Found.Reverse())
        {
            var why = Load(snapshot, out var rules);
            if (why is null)
            {
                try
                {
                    return await ReplayAsync((snapshot, rules), checkPosition, schedule, cancellation);
                }
                catch (PartitionStoppedException stopped)
                {
                    why = stopped.Message;
                }
            }
            logger.SnapshotPassedOver(ownership.Partition, snapshot.ToOffset, why);
        }
        return await ReplayAsync(null, checkPosition, schedule, cancellation);
    }

    private async Task<(Replay Replay, long Position)> ResetAsync(Replay replay, long offset, PartitionStoppedException stopped, SnapshotSchedule schedule, CancellationToken cancellation)
    {
        // Where the log lost records, those that come next would get offsets that are behind this one.
        if ((await log.RangeAsync(ownership.Partition, cancellation)).End < offset)
            throw stopped;
        var reset = new PartitionReset(log, ownership.Partition, newRules, options);
        if (!reset.IsAskedFor(offset))
            throw new PartitionStoppedException(stopped.Message + await reset.AdviceAsync(offset, cancellation));
        var (rules, horizons, givenUp) = await reset.BeginAsync(offset, cancellation);
        replay.GiveUp(rules, horizons);
        logger.Reset(ownership.Partition, offset, givenUp, stopped.Message);
        // Only a snapshot has the ids.
        schedule.Ask();
        return (replay, offset);
    }

    private async Task<(Replay Replay, long Position)> ReplayAsync(
        (FoundSnapshot Snapshot, PartitionRules Rules)? from, bool checkPosition, SnapshotSchedule schedule, CancellationToken cancellation)
    {
        var replay = new Replay(log, ownership, newRules, from, topicId, options, time, metrics, status, logger);
        long position;
        try
        {
            position = await replay.RunAsync(checkPosition, cancellation);
        }
        catch (PartitionStoppedException stopped) when (from is null && replay.End is { } end)
        {
            return await ResetAsync(replay, end, stopped, schedule, cancellation);
        }
        schedule.Recovered(replay.Records, replay.Commits, from?.Snapshot.Data.Length ?? 0);
        return (replay, position);
    }

    /// <summary>Null when it was loaded, else why not.</summary>
    private string? Load(FoundSnapshot snapshot, out PartitionRules rules)
    {
        rules = newRules();
        try
        {
            rules.Load(new StateReader(snapshot.Data));
            return null;
        }
        catch (Exception broken) when (broken is InvalidDataException or OverflowException)
        {
            return broken.Message;
        }
    }
}

using Microsoft.Extensions.Logging;
using Tidemark.Contracts;
using Tidemark.EventLog;
using Tidemark.ServiceDefaults.Partitions;
using Tidemark.Sessionizer.Snapshots;

namespace Tidemark.Sessionizer.Retention;

/// <summary>
/// Shortens the log behind an owned partition: <c>sessionizer.state</c> before the snapshots that are kept, the events by age. Nothing goes that a loader has not loaded, and nothing
/// behind the older of the two kept snapshots: from there a recovery can still begin. Runs beside the partition's loop, and never stops it.
/// </summary>
/// <param name="settles">How long something has to be loaded before it goes.</param>
internal sealed class LogTrim(IEventLog log, TopicPartition input, SnapshotRequests snapshots, TimeSpan settles, TimeProvider time, ILogger logger)
{
    /// <summary>Records of <c>sessionizer.state</c> that a lane may hold back before it is asked for a new snapshot: a recovery reads over them.</summary>
    private const long HeldRecords = 20_000;

    private static readonly TimeSpan _every = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(10);
    private static readonly string[] _lanes = [Topics.Events, Topics.History];

    private readonly SettledPosition[] _loaded =
        [.. _lanes.Select(topic => new SettledPosition(log, Groups.Aggregator, new TopicPartition(topic, input.Partition), settles, time))];

    private readonly TopicPartition _state = new(Topics.SessionizerState, input.Partition);
    private string[] _topicIds = [];
    private SnapshotScan[] _scans = [];
    private long _read;

    /// <summary>Until the partition is let go of.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        var failed = "";
        while (true)
        {
            try
            {
                await snapshots.WhenTakenAsync(_every, time, stop);
                await TrimAsync(stop);
                failed = "";
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (LogException away)
            {
                // Once for each reason: it is tried again every minute.
                if (away.Message != failed)
                    logger.NotTrimmed(input, away.Message);
                failed = away.Message;
            }
        }
    }

    /// <summary>What may go now, goes.</summary>
    internal async Task TrimAsync(CancellationToken cancellation)
    {
        var range = await log.RangeAsync(_state, cancellation);
        string[] ids = [.. await Task.WhenAll(_lanes.Select(topic => log.IdentityAsync(topic, cancellation).AsTask()))];
        // Snapshots of a topic that was deleted and made anew say nothing of this one.
        if (range.End < _read || !ids.SequenceEqual(_topicIds))
            (_topicIds, _scans, _read) = (ids, NewScans(input.Partition, ids), 0);
        _read = await SnapshotScan.ReadAsync(log, _state, Math.Max(_read, range.Start), range.End, _scans, _patience, cancellation);
        var floor = range.End;
        long? loaded = null;
        for (var lane = 0; lane < _scans.Length; lane++)
        {
            var position = await _loaded[lane].AskAsync(cancellation);
            floor = Math.Min(floor, NeededState(_scans[lane], range, position));
            if (_scans[lane].Input == input)
                loaded = position;
        }
        if (floor > range.Start)
        {
            var start = await log.TrimAsync(_state, floor, cancellation);
            logger.Trimmed(_state, start);
        }
        await TrimInputAsync(_scans[Array.IndexOf(_lanes, input.Topic)], loaded, cancellation);
    }

    private static SnapshotScan[] NewScans(int partition, string[] ids) =>
        [.. _lanes.Zip(ids, (topic, id) => new SnapshotScan(new TopicPartition(topic, partition), id, keepData: false))];

    /// <summary>The first record of <c>sessionizer.state</c> that a lane needs.</summary>
    private long NeededState(SnapshotScan scan, LogRange range, long? loaded)
    {
        if (scan.First is not { } first)
            return long.MaxValue;
        var isOwn = scan.Input == input;
        if (scan.Found is not [var older, _])
        {
            if (isOwn && range.End - first > HeldRecords)
                snapshots.Ask();
            return first;
        }
        if (isOwn && range.End - older.StateOffset > HeldRecords)
            snapshots.Ask();
        // The loader follows the commit records from its position on; those before the snapshot's end before it.
        return loaded >= older.ToOffset ? older.StateOffset : range.Start;
    }

    private async ValueTask TrimInputAsync(SnapshotScan own, long? loadedTo, CancellationToken cancellation)
    {
        if (own.Found is not [var older, _] || loadedTo is not { } loaded)
            return;
        var range = await log.RangeAsync(input, cancellation);
        var before = Math.Min(Math.Min(older.ToOffset, loaded), await log.ExpiredAsync(input, cancellation));
        if (before <= range.Start)
            return;
        var start = await log.TrimAsync(input, before, cancellation);
        if (start > range.Start)
            logger.Trimmed(input, start);
    }
}

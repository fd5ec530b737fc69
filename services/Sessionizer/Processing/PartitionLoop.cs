using Microsoft.Extensions.Logging;
using Tidemark.Contracts.Sessions;
using Tidemark.EventLog;
using Tidemark.Sessionizer.Sessions;
using Tidemark.Sessionizer.Snapshots;

namespace Tidemark.Sessionizer.Processing;

/// <summary>
/// Reads, takes, commits. Besides full or elapsed intervals there are three reasons to commit, all of them at the end of the log only: open sessions to tell of, an idle
/// step that closes something (live), a pause of the imports (history). Nothing to say, no transaction.
/// </summary>
internal sealed class PartitionLoop(
    ILogReader reader, CommitInterval interval, Snapshotter snapshots, PartitionRules rules, SessionizerOptions options, TimeProvider time,
    SessionizerPartition status, ILogger logger)
{
    private static readonly TimeSpan _idleEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _longestWait = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _shortestWait = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan _finalCommit = TimeSpan.FromMilliseconds(1500);

    private readonly Silence _silence = new(time);
    private readonly TimeSpan _shortestIdle = options.ShortestIdleTimeout;
    private long _liveAt = time.GetTimestamp();
    private long? _idleAt;
    private CancellationToken _stop;

    public async Task RunAsync(CancellationToken stop)
    {
        _stop = stop;
        // A sweep that a crash cut in the middle goes on before anything new is read.
        if (rules.HasClosed)
            await CommitAsync([], flush: false);
        while (!stop.IsCancellationRequested)
        {
            if (!await ReadAsync(stop))
                break;
            if (!interval.IsEmpty && (interval.IsFull || interval.Left == TimeSpan.Zero))
                await CommitAsync([], flush: false);
            else if (LiveIsDue || (reader.AtEnd && snapshots.WantsCommit))
                await CommitAsync([], flush: false);
            await WhenSilentAsync();
            Show();
        }
        await FinishAsync();
    }

    /// <summary>False when stopped.</summary>
    private async ValueTask<bool> ReadAsync(CancellationToken stop)
    {
        bool any;
        try
        {
            any = await reader.ReadAsync(NextWait(), stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return false;
        }
        if (!any)
        {
            _silence.Heard(nothing: reader.AtEnd, rules);
            return true;
        }
        _silence.Heard(nothing: false, rules);
        while (true)
        {
            interval.Take(reader.Records, reader.Traces);
            if (!interval.IsFull)
                break;
            await CommitAsync([], flush: false);
            if (interval.Position >= reader.Records.BaseOffset + reader.Records.Count)
                break;
        }
        if (reader.AtEnd)
            _silence.Heard(nothing: true, rules);
        return true;
    }

    private async ValueTask CommitAsync(IReadOnlyList<ProjectHorizon> idle, bool flush)
    {
        Warn();
        var live = LiveIsDue;
        while (!await interval.CommitAsync(idle, flush, live, _stop))
            idle = [];
        if (live)
            _liveAt = time.GetTimestamp();
        status.Advanced();
    }

    /// <summary>Only at the end of the log: under load nobody looks at a second's state, and every upsert would be one more row.</summary>
    private bool LiveIsDue => reader.AtEnd && time.GetElapsedTime(_liveAt) >= options.LiveInterval && rules is LivePartition live && live.AnyTouched();

    private async ValueTask WhenSilentAsync()
    {
        if (_silence.Elapsed is not { } elapsed || rules.Open == 0)
            return;
        if (rules is HistoryPartition)
        {
            if (elapsed >= options.HistoryPause)
                await CommitAsync([], flush: true);
            return;
        }
        if (elapsed < _shortestIdle || (_idleAt is { } last && time.GetElapsedTime(last) < _idleEvery))
            return;
        var steps = Idle((LivePartition)rules, elapsed);
        if (steps.Count == 0)
            return;
        _idleAt = time.GetTimestamp();
        await CommitAsync(steps, flush: false);
    }

    /// <summary>Moves the horizons of those whose sessions close by it, each after its own silence and by its own settings; the others stay where they are.</summary>
    private List<ProjectHorizon> Idle(LivePartition live, TimeSpan elapsed)
    {
        var steps = new List<ProjectHorizon>();
        foreach (var set in live.RuleSets)
        {
            if (elapsed < options.IdleTimeoutOf(TimeSpan.FromMilliseconds(set.Settings.GapMs)) || _silence.Horizon(set) is not { } horizon || !live.WouldIdle(set, ref horizon))
                continue;
            set.Idle(horizon);
            steps.Add(new ProjectHorizon(set.Name, horizon));
        }
        return steps;
    }

    private TimeSpan NextWait()
    {
        var wait = _longestWait;
        if (!interval.IsEmpty)
            wait = Min(wait, interval.Left);
        if (rules.Open == 0)
            return wait;
        if (rules is HistoryPartition)
            return Min(wait, options.HistoryPause);
        if (reader.AtEnd && rules is LivePartition live && live.AnyTouched())
            wait = Min(wait, Max(_shortestWait, options.LiveInterval - time.GetElapsedTime(_liveAt)));
        return Min(wait, _shortestIdle);
    }

    private static TimeSpan Max(TimeSpan a, TimeSpan b) => a > b ? a : b;

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;

    /// <summary>
    /// What was taken goes out before the stop, and a snapshot, so that the next owner repeats nothing; within the time a stop may take, otherwise the next owner does.
    /// </summary>
    private async ValueTask FinishAsync()
    {
        var commits = snapshots.Stop();
        if (interval.IsEmpty && !commits)
            return;
        using var limit = new CancellationTokenSource(_finalCommit, time);
        try
        {
            do
                await CommitAsync([], flush: false).AsTask().WaitAsync(limit.Token);
            while (snapshots.WantsCommit && !limit.IsCancellationRequested);
        }
        catch (Exception failed) when (failed is LogException or OperationCanceledException)
        {
            logger.NoFinalCommit(reader.Partition, failed.Message);
        }
    }

    private void Warn()
    {
        var unreadable = interval.CountOf(Verdict.Unreadable);
        if (unreadable > 0)
            logger.Unreadable(reader.Partition, unreadable, interval.From, interval.Position);
    }

    private void Show()
    {
        // At the end there may be offsets that hold no record; nothing waits there.
        var end = reader.AtEnd ? interval.Position : reader.End;
        if (interval.IsEmpty)
            status.At(interval.Position, end);
        else
            (status.Position, status.End) = (interval.Position, end);
        status.Open = rules.Open;
        status.Kept = rules.Kept;
        status.Recovery = snapshots.Recovery;
    }
}

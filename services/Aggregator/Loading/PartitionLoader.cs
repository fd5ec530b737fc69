using Microsoft.Extensions.Logging;
using Tidemark.Aggregator.Plans;
using Tidemark.Aggregator.Tables;
using Tidemark.EventLog;
using Tidemark.ServiceDefaults;
using Tidemark.ServiceDefaults.Partitions;
using Tidemark.ServiceDefaults.Telemetry;

namespace Tidemark.Aggregator.Loading;

/// <summary>
/// Loads one topic partition into one table, exactly once: wait for records, build the block, settle the plan, send the block until it is acknowledged, note the ends
/// of imports, and only then plan the next. At start the newest plan is sent again; the tokens make that harmless.
/// </summary>
internal sealed class PartitionLoader : IPartitionRun
{
    private static readonly TimeSpan _wait = TimeSpan.FromSeconds(1);

    /// <summary>How often a batch that is growing is looked at; longer than sessionizers take between two commits.</summary>
    private static readonly TimeSpan _look = TimeSpan.FromMilliseconds(400);

    private readonly LoaderServices _services;
    private readonly IPartitionOwnership _ownership;
    private readonly TopicPartition _source;
    private readonly PartitionLoad _status;
    private readonly CancellationToken _abort;
    private readonly TraceLinks _traces = new(AggregatorTracing.Source);
    private LoadSource? _records;
    private HeldReader? _reader;
    private TopicLife _life;
    private long _lastStart;

    /// <param name="abort">Ends a batch that is under way; the tokens of the calls end waiting and planning only.</param>
    public PartitionLoader(LoaderServices services, IPartitionOwnership ownership, PartitionLoad status, CancellationToken abort)
    {
        (_services, _ownership, _source, _status, _abort) = (services, ownership, ownership.Partition, status, abort);
        _lastStart = services.Time.GetTimestamp() - services.Time.TimestampFrequency * 60;
    }

    /// <summary>Offset after the last record that is loaded.</summary>
    public long Position { get; private set; }

    /// <summary>Runs until cancelled, from where <see cref="ResumeAsync"/> left it.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        while (true)
        {
            if (!await _records!.WaitAsync(Position, _wait, stop))
            {
                await LookAsync(stop);
                continue;
            }
            _status.Waits(Math.Max(1, _reader!.Lag(Position)));
            await PaceAsync(stop);
            using var lease = await _services.Blocks.RentAsync(_source.Topic, stop);
            _lastStart = _services.Time.GetTimestamp();
            await LoadNextAsync(lease.Block, _abort);
            stop.ThrowIfCancellationRequested();
        }
    }

    public void Dispose()
    {
        _records?.Dispose();
        _reader?.Dispose();
    }

    /// <summary>Finds out where loading goes on, and sends the newest plan again.</summary>
    public async Task ResumeAsync(CancellationToken stop)
    {
        var id = await _services.Log.IdentityAsync(_source.Topic, stop);
        var newest = await _services.Plans.NewestAsync(_source, stop);
        var range = await _services.Log.RangeAsync(_source, stop);
        _life = new TopicLife(newest?.Life.Number ?? 0, id);
        if (newest is null)
        {
            if (range.Start > 0)
            {
                _services.Logger.LogBeginsLater(_source.ToString(), range.Start);
                _services.Metrics.Removed(_source.Topic, range.Start);
            }
            await OpenAsync(range.Start, default, stop);
            return;
        }
        if (WhyAnother(newest, id, range) is { } what)
            newest = await BeginAnewAsync(newest, range, what, stop);
        if (newest.IsBeginning || newest.Lo < range.Start)
        {
            await OpenAsync(newest.Hi, newest.State, stop);
        }
        else
        {
            await OpenAsync(newest.Lo, await StateBeforeAsync(newest, stop), stop);
            using var lease = await _services.Blocks.RentAsync(_source.Topic, stop);
            await SendAsync(lease.Block, newest, resent: true, _abort);
        }
        if (Position < range.Start)
        {
            _services.Logger.RemovedBeforeLoading(_source.ToString(), Position, range.Start);
            _services.Metrics.Removed(_source.Topic, range.Start - Position);
            await OpenAsync(range.Start, newest.State, stop);
        }
        _services.Logger.Resumed(_source.ToString(), Position, newest.Rows);
    }

    /// <summary>
    /// Why the log cannot be the one that was loaded; null when it can. Plans of older versions name no topic: it is taken as it is, once, unless it is shorter. One that was found shorter stays
    /// so however long it grows.
    /// </summary>
    private string? WhyAnother(LoadPlan newest, string id, LogRange range)
    {
        if (newest.Life.TopicId.Length > 0 && newest.Life.TopicId != id)
            return $"was deleted and made anew: it has the id {id}, the one that was loaded had {newest.Life.TopicId}";
        var loaded = newest.Life.Stored(newest.Hi);
        if (newest.Hi > range.End)
            _status.FoundShorter(loaded, range.End);
        else if (_status.ShorterEnd(loaded) is null)
            return null;
        var end = _status.ShorterEnd(loaded) ?? range.End;
        return $"ended at offset {end} but was loaded up to {newest.Hi}: records are gone from it{(newest.Life.TopicId.Length > 0 ? "" : ", or it was deleted and made anew")}";
    }

    /// <summary>Only a topic that is another one can be begun anew: of the same one everything that it still holds would be loaded twice.</summary>
    private async Task<LoadPlan> BeginAnewAsync(LoadPlan newest, LogRange range, string what, CancellationToken cancellation)
    {
        var isAnother = newest.Life.TopicId != _life.TopicId;
        if (!isAnother || !_services.Options.BeginAnew.Contains(_life.TopicId))
            throw new TopicMadeAnewException(_source, $"{_source} {what}", isAnother ? BeginAnew.Advice(_life.TopicId) : "");
        _life = _life with { Number = newest.Life.Number + 1 };
        var beginning = await _services.Plans.SettleAsync(LoadPlan.Beginning(_source, _life, range.Start), cancellation);
        _services.Logger.BegunAnew(_source.ToString(), beginning.Hi, newest.Hi);
        return beginning;
    }

    /// <summary>
    /// The records read until now are of the topic that the plans are of. Asked again for each batch: a topic can be made anew under a running loader, and its reader would go on
    /// at the same offset.
    /// </summary>
    private async ValueTask CheckIdentityAsync(CancellationToken cancellation)
    {
        var id = await _services.Log.IdentityAsync(_source.Topic, cancellation);
        if (id != _life.TopicId)
            throw new TopicMadeAnewException(_source, $"{_source} was deleted and made anew: it has the id {id}, the one that is being loaded had {_life.TopicId}", BeginAnew.Advice(id));
    }

    // The commit records of the newest plan begin where those of the plan before it ended.
    private async Task<StatePosition> StateBeforeAsync(LoadPlan newest, CancellationToken cancellation) =>
        LoaderServices.FollowsCommits(_source.Topic) ? await _services.Plans.StateBeforeAsync(newest, cancellation) : default;

    private async ValueTask OpenAsync(long position, StatePosition state, CancellationToken cancellation)
    {
        Dispose();
        Position = position;
        _status.Opened(position);
        _reader = new HeldReader(_services.Log.OpenReader(_source, position));
        _records = LoaderServices.FollowsCommits(_source.Topic)
            ? await CommitFollower.OpenAsync(_services.Log, _source, _life, position, state, _services.Logger, cancellation)
            : new WholeTopic(_reader);
    }

    // There may be records that may not be loaded yet, or offsets that hold none: only reading tells which, and since when.
    private async ValueTask LookAsync(CancellationToken cancellation)
    {
        _status.GoOn();
        var any = await _reader!.ReadAsync(Position, TimeSpan.Zero, cancellation);
        _status.Waits(_reader.Lag(Position));
        if (any && FirstWaitingMs() is { } appended)
            _status.Oldest.From(appended);
    }

    private long? FirstWaitingMs()
    {
        foreach (var record in _reader!.Records)
        {
            if (record.Offset >= Position)
                return record.TimestampMs;
        }
        return null;
    }

    // Few records are loaded soon; while many come, a batch is given time to become large, because the engine pays by the block.
    private async Task PaceAsync(CancellationToken cancellation)
    {
        var options = _services.Options;
        var waiting = _records!.Waiting(Position);
        while (waiting < Math.Min(options.FullRows, options.MaxBatchRows))
        {
            var interval = options.SmallInterval + TimeSpan.FromSeconds((double)waiting / options.LargeRows);
            var elapsed = _services.Time.GetElapsedTime(_lastStart);
            var pause = (interval < options.LargeInterval ? interval : options.LargeInterval) - elapsed;
            if (pause <= TimeSpan.Zero)
                return;
            await Task.Delay(pause < _look ? pause : _look, _services.Time, cancellation);
            await _records.WaitAsync(Position, TimeSpan.Zero, cancellation);
            var before = waiting;
            waiting = _records.Waiting(Position);
            // Nothing more comes.
            if (waiting == before && elapsed >= options.SmallInterval)
                return;
        }
    }

    private async Task LoadNextAsync(TopicBlock block, CancellationToken cancellation)
    {
        var hi = await FillAsync(block, exactHi: null, cancellation);
        if (hi == Position)
            return;
        if (block.OldestRecordMs > 0)
            _status.Oldest.From(block.OldestRecordMs);
        using var span = AggregatorTracing.Load(_source, _traces, block.Rows);
        await CheckIdentityAsync(cancellation);
        var mine = new LoadPlan(_source, _life, Position, hi, block.Rows, _records!.StateAt(hi));
        var plan = await _services.Plans.SettleAsync(mine, cancellation);
        if (plan.Hi != hi)
        {
            _services.Logger.PlanLost(_source.ToString(), plan.Lo, plan.Hi);
            await SendAsync(block, plan, resent: true, cancellation);
            return;
        }
        await SendFilledAsync(block, plan, resent: false, cancellation);
    }

    private async Task SendAsync(TopicBlock block, LoadPlan plan, bool resent, CancellationToken cancellation)
    {
        await _records!.ReachAsync(plan.Hi, cancellation);
        await FillAsync(block, plan.Hi, cancellation);
        await CheckIdentityAsync(cancellation);
        await SendFilledAsync(block, plan, resent, cancellation);
    }

    private async Task SendFilledAsync(TopicBlock block, LoadPlan plan, bool resent, CancellationToken cancellation)
    {
        await _services.Sender.SendAsync(block, plan, resent, cancellation);
        Position = plan.Hi;
        _status.Loaded(Position, _reader!.Lag(Position), block.NewestRecordMs);
        _records!.Advance(plan.Hi);
        await _ownership.CommitPositionAsync(plan.Hi, cancellation);
    }

    /// <summary>Fills the block from the position on, up to <paramref name="exactHi"/> or to what is there and fits; returns the offset after the last record.</summary>
    private async Task<long> FillAsync(TopicBlock block, long? exactHi, CancellationToken cancellation)
    {
        var limit = exactHi ?? _records!.Limit;
        block.Begin(_source, _life);
        _traces.Clear();
        _records!.Rewind();
        // What lies before a known limit is in the log and worth a wait; without one the batch is what is there.
        var wait = limit == long.MaxValue ? TimeSpan.Zero : _wait;
        var next = Position;
        var cut = false;
        while (next < limit && !cut && (exactHi is not null || HasRoom(block)))
        {
            if (await _reader!.ReadAsync(next, wait, cancellation))
            {
                var from = next;
                next = Take(block, next, limit, exactHi is not null, out cut);
                _traces.Add(_reader.Traces, from, next);
            }
            else if (_reader.AtEnd || exactHi is null)
                break;
        }
        if (block.Unreadable > 0)
        {
            _services.Metrics.Unreadable(_source.Topic, block.Unreadable);
            _services.Logger.Unreadable(_source.ToString(), block.Unreadable, Position, next);
        }
        return exactHi ?? next;
    }

    private long Take(TopicBlock block, long next, long limit, bool exact, out bool cut)
    {
        cut = false;
        foreach (var record in _reader!.Records)
        {
            if (record.Offset < next)
                continue;
            if (record.Offset >= limit)
                return limit;
            if (!exact && !HasRoom(block))
                return next;
            cut = !exact && record.Offset > Position && UndoMark.Is(record.Value);
            if (cut)
                return record.Offset;
            if (_records!.Counts(record.Offset))
                block.Add(in record);
            next = record.Offset + 1;
        }
        return next;
    }

    private bool HasRoom(TopicBlock block) => block.Rows < _services.Options.MaxBatchRows && block.RecordBytes < _services.Options.MaxBatchBytes;
}

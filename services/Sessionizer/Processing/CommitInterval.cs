using System.Text;
using Microsoft.Extensions.Logging;
using Tidemark.Contracts;
using Tidemark.Contracts.Sessions;
using Tidemark.EventLog;
using Tidemark.Resilience;
using Tidemark.ServiceDefaults.Partitions;
using Tidemark.ServiceDefaults.Telemetry;
using Tidemark.Sessionizer.Sessions;
using Tidemark.Sessionizer.Snapshots;

namespace Tidemark.Sessionizer.Processing;

/// <summary>
/// The interval since the last commit: what was taken, and the one place where a transaction is built. Outputs, commit record and position go together or not at all.
/// </summary>
internal sealed class CommitInterval(
    IPartitionOwnership ownership, PartitionRules rules, SessionizerOptions options, CommitTenure tenure, Snapshotter snapshots, TimeProvider time, SessionizerMetrics metrics,
    OldestWaiting oldest, ILogger logger, long position)
    : IDisposable
{
    /// <summary>Accepted events are never later than their receipt, which is the time on their record. This much is for a producer's clock that is not the collector's.</summary>
    private const long MaxAheadOfRecordMs = 5 * 60_000;

    /// <summary>The time on a record is its producer's word: nobody's clock is this far ahead of ours.</summary>
    private const long MaxAheadOfClockMs = 24 * 3_600_000;

    /// <summary>Open sessions told of in one commit; the rest follows with the next, so a burst of visitors never makes one giant transaction.</summary>
    private const int LiveRowsPerCommit = 2_500;

    private static readonly TimeSpan _repeatFor = TimeSpan.FromSeconds(30);
    private static readonly Backoff _pauses = new(TimeSpan.FromMilliseconds(50), TimeSpan.FromSeconds(2));

    private readonly TopicPartition _input = ownership.Partition;
    private readonly TopicPartition _state = new(Topics.SessionizerState, ownership.Partition.Partition);
    private readonly TopicPartition _late = new(Topics.Late, ownership.Partition.Partition);
    private readonly byte[] _topic = Encoding.UTF8.GetBytes(ownership.Partition.Topic);
    private readonly bool _isLive = rules is LivePartition;
    private readonly Lane _lane = Lanes.OfTopic(ownership.Partition.Topic);
    private readonly TransactionOutput _output = new(ownership.Partition.Partition, time);
    private readonly SettingsByProject _settings = options.Settings;
    private readonly long _settingsHash = options.Settings.Hash;
    private readonly SkippedRanges _skipped = new();
    private readonly TraceLinks _traces = new(SessionizerTracing.Source);
    private readonly long[] _verdicts = new long[Enum.GetValues<Verdict>().Length];
    private ILogTransaction? _transaction;
    private byte[] _buffer = new byte[4096];
    private long _from = position;
    private long _startedAt;
    private long _newestMs;
    private bool _settingsTold;

    /// <summary>Since when the oldest record taken, or known to be there and not taken, waits for its commit.</summary>
    public OldestWaiting Oldest { get; } = oldest;

    /// <summary>Offset of the next record to take.</summary>
    public long Position { get; private set; } = position;

    /// <summary>First offset of the interval.</summary>
    public long From => _from;

    public bool IsEmpty => Position == _from;

    public bool IsFull => Position - _from >= options.CommitRecords;

    /// <summary>Time until the interval is over; zero when it is.</summary>
    public TimeSpan Left
    {
        get
        {
            var left = options.CommitInterval - time.GetElapsedTime(_startedAt);
            return left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
    }

    public long CountOf(Verdict verdict) => _verdicts[(int)verdict];

    /// <summary>Takes records up to the interval's limit; call again after a commit when <see cref="Position"/> is not at their end.</summary>
    /// <param name="traces">The sampled appends among the records.</param>
    public void Take(in RecordSet records, IReadOnlyList<LogTrace> traces)
    {
        var before = Position;
        TakeRecords(records);
        _traces.Add(traces, before, Position);
    }

    private void TakeRecords(in RecordSet records)
    {
        if (IsEmpty)
            _startedAt = time.GetTimestamp();
        var ahead = records.GetEnumerator();
        for (var i = 0; i < Prefetch.Distance && ahead.MoveNext(); i++)
        {
            if (ahead.Current.Offset >= Position)
                rules.Ahead(ahead.Current.Offset, ahead.Current.Value);
        }
        var clock = _isLive ? time.GetUtcNow().ToUnixTimeMilliseconds() + MaxAheadOfClockMs : long.MaxValue;
        foreach (var record in records)
        {
            if (ahead.MoveNext() && ahead.Current.Offset >= Position)
                rules.Ahead(ahead.Current.Offset, ahead.Current.Value);
            if (record.Offset < Position)
                continue;
            if (IsFull)
                return;
            if (IsEmpty)
                Oldest.From(record.TimestampMs);
            _newestMs = record.TimestampMs;
            var verdict = rules.Take(record.Offset, record.Value, null, _isLive ? Math.Min(record.TimestampMs + MaxAheadOfRecordMs, clock) : clock);
            _verdicts[(int)verdict]++;
            if (verdict == Verdict.Undo)
                PassOn(record);
            else if (verdict is not (Verdict.Counted or Verdict.Marker))
                Skip(record, verdict);
            Position = record.Offset + 1;
        }
    }

    /// <summary>One commit point in one transaction. False when more has to go out: commit again.</summary>
    /// <param name="idle">Horizons that moved by silence.</param>
    /// <param name="flush">Everything closes, whatever its horizon.</param>
    /// <param name="live">Open sessions are told of.</param>
    /// <param name="stop">Ends the repeating of a commit that was rolled back; a commit that is under way is never cut.</param>
    public async ValueTask<bool> CommitAsync(IReadOnlyList<ProjectHorizon> idle, bool flush, bool live, CancellationToken stop)
    {
        var started = time.GetTimestamp();
        using var span = SessionizerTracing.Commit(_input, _traces, time, IsEmpty ? TimeSpan.Zero : time.GetElapsedTime(_startedAt), Position - _from);
        var transaction = _transaction ??= ownership.Begin();
        transaction.Trace = SessionizerTracing.ParentOf(span);
        _output.Use(transaction);
        var done = rules.CommitPoint(flush, Position, _output);
        if (live && done && rules is LivePartition partition)
            partition.HarvestLive(Position, LiveRowsPerCommit, _output);
        var record = new SessionizerCommit
        {
            InputTopic = _input.Topic,
            InputPartition = _input.Partition,
            FromOffset = _from,
            ToOffset = Position,
            Horizon = (rules as LivePartition)?.GeneralHorizon ?? SessionizerCommit.NoHorizon,
            IdleHorizon = idle is [{ Project: "" } general, ..] ? general.Horizon : SessionizerCommit.NoHorizon,
            Flush = flush,
            Skipped = _skipped.All,
            Settings = _settings.General,
            Rules = PartitionRules.Version,
            Projects = _settingsTold ? [] : _settings.Projects,
            ProjectsAsBefore = _settingsTold,
            SettingsHash = _settingsHash,
            IdleProjects = [.. idle.Where(static step => step.Project.Length > 0)],
        };
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        snapshots.AppendTo(transaction, now);
        transaction.Append(_state, _topic, tenure.Sign(record).Encode(), now);
        _transaction = null;
        try
        {
            await StoreAsync(transaction, stop);
        }
        catch (LogException failed)
        {
            SessionizerTracing.Failed(span, failed);
            throw;
        }
        finally
        {
            transaction.Dispose();
        }
        _settingsTold = true;
        tenure.Committed();
        snapshots.Committed(rules, Position - _from, Position, tenure.Writer, complete: done);
        Report(time.GetElapsedTime(started));
        SessionizerTracing.Committed(span, _output.Rows);
        Finish();
        return done;
    }

    /// <summary>
    /// Rolled back and tried again with the same outputs, as long as a hiccup of the log lasts: to throw the state away for it would cost a recovery. Whoever waits longer shows it by recovering.
    /// </summary>
    private async ValueTask StoreAsync(ILogTransaction transaction, CancellationToken stop)
    {
        var begun = time.GetTimestamp();
        for (var failures = 0; ; failures++)
        {
            try
            {
                await tenure.CheckTopicAsync(CancellationToken.None);
                await transaction.CommitAsync(Position, CancellationToken.None);
                return;
            }
            catch (LogException failed) when (failed is LogTransactionAbortedException or LogUnavailableException && !stop.IsCancellationRequested && time.GetElapsedTime(begun) < _repeatFor)
            {
                metrics.Failed(_lane, failed is LogTransactionAbortedException ? "aborted" : "unavailable");
                if (failures == 0)
                    logger.CommitRepeated(_input, failed.Message);
            }
            await Task.Delay(_pauses.After(failures), time, stop);
        }
    }

    private void Finish()
    {
        // What comes next was appended after what is done; when nothing does, the loop says so.
        if (!IsEmpty)
            Oldest.From(_newestMs);
        _from = Position;
        _skipped.Clear();
        _traces.Clear();
        Array.Clear(_verdicts);
    }

    /// <summary>Aborts what is open; a commit that is under way decides by itself.</summary>
    public void Dispose() => _transaction?.Dispose();

    private void Skip(in LogRecord record, Verdict verdict)
    {
        _skipped.Add(record.Offset, verdict);
        if (verdict is not (Verdict.Late or Verdict.LateImportEnded))
            return;
        var late = new LateEvent
        {
            Reason = verdict == Verdict.Late ? LateReason.BeyondLateness : LateReason.ImportEnded,
            InputTopic = _topic,
            InputPartition = _input.Partition,
            InputOffset = record.Offset,
            Horizon = rules.Horizon,
            Event = record.Value,
        };
        if (late.MaxLength > _buffer.Length)
            _buffer = new byte[late.MaxLength * 2];
        _transaction ??= ownership.Begin();
        _transaction.Append(_late, record.Key, _buffer.AsSpan(0, late.Encode(_buffer)), record.TimestampMs);
    }

    /// <summary>An undo, to where late events of the import may stand before it.</summary>
    private void PassOn(in LogRecord record)
    {
        _transaction ??= ownership.Begin();
        _transaction.Append(_late, record.Key, record.Value, record.TimestampMs);
    }

    private void Report(TimeSpan duration)
    {
        metrics.Committed(_lane, duration);
        for (var verdict = 0; verdict < _verdicts.Length; verdict++)
            metrics.Took(_lane, (Verdict)verdict, _verdicts[verdict]);
        metrics.Put(_lane, "first", _output.First);
        metrics.Put(_lane, "retraction", _output.Retractions);
        metrics.Put(_lane, "correction", _output.Corrections);
        metrics.Put(_lane, "live", _output.LiveRows);
        metrics.Put(_lane, "import_closed", _output.ClosedImports);
        metrics.Put(_lane, "import_undone", _output.UndoneImports);
    }
}

using Tidemark.Collector.Intake;
using Tidemark.Contracts;
using Tidemark.EventLog;
using Tidemark.ServiceDefaults.Partitions;
using Tidemark.ServiceDefaults.Telemetry;

namespace Tidemark.Collector.IntakeTopic;

/// <summary>
/// The messages since the last commit, in one transaction: accepted events, what is kept of refused ones, and the position behind them go into the log together or not
/// at all. What is counted is counted when that is done.
/// </summary>
internal sealed class IntakeBatch(
    IEventLog log, IPartitionOwnership ownership, CollectorOptions options, MessageJudge judge, RejectedAllowance allowance, TimeProvider time, CollectorMetrics metrics,
    OldestWaiting oldest, long position) : IDisposable
{
    private readonly TopicPartition[] _events = [.. Enumerable.Range(0, log.PartitionCount(Topics.Events)).Select(p => new TopicPartition(Topics.Events, p))];
    private readonly TopicPartition _rejected = new(Topics.Rejected, ownership.Partition.Partition % log.PartitionCount(Topics.Rejected));
    private readonly IntakeCounts _counts = new();
    private readonly TraceLinks _traces = new(CollectorTracing.Source);
    private ILogTransaction? _transaction;

    // One message's events: a message that breaks in its middle is refused as a whole, and a transaction takes nothing back.
    private AppendRequest? _accepted;
    private long _startedAt;
    private long _bytes;

    /// <summary>Offset of the next message to take.</summary>
    internal long Position { get; private set; } = position;

    internal bool IsEmpty => _counts.Messages == 0;

    internal bool IsFull => _counts.Messages >= options.IntakeCommitRecords || _bytes >= options.IntakeCommitBytes;

    internal bool IsDue => IsFull || Left == TimeSpan.Zero;

    /// <summary>Time until the interval is over; zero when it is.</summary>
    internal TimeSpan Left
    {
        get
        {
            var left = options.IntakeCommitInterval - time.GetElapsedTime(_startedAt);
            return left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
    }

    /// <summary>Takes messages up to the batch's limits; when it is full, commit and call again: what was taken is passed over.</summary>
    /// <param name="records">From a read.</param>
    /// <param name="traces">The sampled ones among them.</param>
    internal void Take(in RecordSet records, IReadOnlyList<LogTrace> traces)
    {
        var before = Position;
        TakeRecords(records);
        _traces.Add(traces, before, Position);
    }

    private void TakeRecords(in RecordSet records)
    {
        if (IsEmpty)
            _startedAt = time.GetTimestamp();
        judge.Begin();
        try
        {
            foreach (var record in records)
            {
                if (record.Offset < Position)
                    continue;
                if (IsFull)
                    return;
                if (IsEmpty)
                    oldest.From(record.TimestampMs);
                Take(record);
            }
        }
        finally
        {
            judge.End(_counts);
        }
    }

    internal async ValueTask CommitAsync(CancellationToken cancellation)
    {
        var begun = time.GetTimestamp();
        var transaction = _transaction!;
        _transaction = null;
        using var span = CollectorTracing.Intake(ownership.Partition, _traces, time, time.GetElapsedTime(_startedAt), _counts.Messages);
        transaction.Trace = span is { Recorded: true } ? span.Id : null;
        try
        {
            await transaction.CommitAsync(Position, cancellation);
        }
        catch (LogException failed)
        {
            CollectorTracing.Failed(span, failed.GetType().Name);
            if (failed is not LogOutcomeUnknownException)
                allowance.GiveBack(_counts.Kept);
            throw;
        }
        finally
        {
            transaction.Dispose();
        }
        _counts.Report(metrics, time.GetElapsedTime(begun));
        _counts.Clear();
        _traces.Clear();
        _bytes = 0;
        LetGo();
    }

    /// <summary>Aborts what is open; a commit that is under way decides by itself.</summary>
    public void Dispose()
    {
        if (_transaction is not null)
        {
            _transaction.Dispose();
            allowance.GiveBack(_counts.Kept);
        }
        LetGo();
    }

    private void Take(in LogRecord record)
    {
        _transaction ??= ownership.Begin();
        _accepted ??= log.NewAppend(Topics.Events);
        judge.Judge(record, _accepted);
        _counts.Took(judge.Accepted, judge.Rejections);
        if (judge.Accepted > 0)
            PutAccepted(_transaction, _accepted);
        if (judge.Rejections.Count > 0)
            PutRejected(_transaction, record.Value);
        _bytes += record.Value.Length;
        Position = record.Offset + 1;
    }

    private void PutAccepted(ILogTransaction transaction, AppendRequest accepted)
    {
        for (var p = 0; p < _events.Length; p++)
        {
            var set = accepted.Records(p);
            foreach (var record in new RecordSet(set.Data, 0, set.Count, set.BaseTimestampMs))
                transaction.Append(_events[p], record.Key, record.Value, record.TimestampMs);
        }
        accepted.Clear();
    }

    private void PutRejected(ILogTransaction transaction, ReadOnlySpan<byte> message)
    {
        var rejections = judge.Rejections;
        var kept = allowance.TakeUpTo(rejections.Count);
        _counts.Refused(kept, rejections.Count - kept);
        Span<byte> encoded = stackalloc byte[RejectedRecord.MaxLength];
        for (var i = 0; i < kept; i++)
        {
            var rejection = rejections[i];
            var project = judge.ProjectOf(message.Slice(rejection.Start, rejection.Length));
            var length = RejectedRecord.Encode(message, rejection, judge.Source, project, encoded);
            transaction.Append(_rejected, default, encoded[..length], judge.Source.ReceivedAt);
        }
    }

    /// <summary>No buffer is held while idle.</summary>
    private void LetGo()
    {
        _accepted?.Dispose();
        _accepted = null;
    }
}

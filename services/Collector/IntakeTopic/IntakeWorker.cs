using Microsoft.Extensions.Logging;
using Tidemark.Collector.Intake;
using Tidemark.EventLog;
using Tidemark.ServiceDefaults.Partitions;

namespace Tidemark.Collector.IntakeTopic;

/// <summary>
/// The door's part of an owned partition: read and commit from the group's position on. Nothing is kept but the position, so a failure costs the batch that was open, which is read again.
/// </summary>
internal sealed class IntakeWorker(
    IEventLog log, IPartitionOwnership ownership, CollectorOptions options, MessageJudge judge, RejectedAllowance allowance, TimeProvider time, CollectorMetrics metrics,
    PartitionStatus status, ILogger logger) : IPartitionWork
{
    private long _firstHeld;
    private long? _anew;
    private string? _topicId;

    public long Position => _anew ?? Math.Max(ownership.Position, _firstHeld);

    public async ValueTask<IPartitionRun> RecoverAsync(CancellationToken stop)
    {
        _topicId = await log.IdentityAsync(ownership.Partition.Topic, stop);
        if (_anew is { } first)
            _anew = Math.Max(first, (await log.RangeAsync(ownership.Partition, stop)).Start);
        var batch = new IntakeBatch(log, ownership, options, judge, allowance, time, metrics, status.Oldest, Position);
        return new IntakeLoop(log.OpenReader(ownership.Partition, Position), batch, CheckTopicAsync, status, time, Committed, logger);
    }

    /// <summary>Where reading cannot go on as it was, it goes on elsewhere: standing still would lose more.</summary>
    public AfterFailure? Judge(Exception failure) => failure switch
    {
        IntakeTopicMadeAnewException => AfterFailure.GoOn,
        LogOffsetOutOfRangeException gone when gone.Range.Start > Position || gone.Range.End < Position => AfterFailure.GoOn,
        _ => null,
    };

    public void Failed(in PartitionFailure failure)
    {
        switch (failure.Then)
        {
            case AfterFailure.GoOn:
                GoOnElsewhere(failure.Exception as LogOffsetOutOfRangeException);
                break;
            case AfterFailure.RollBack:
                metrics.IntakeFailed(failure.Exception is LogOutcomeUnknownException ? "unknown" : "aborted");
                logger.RolledBack(ownership.Partition, failure.Exception.Message);
                break;
            case AfterFailure.Wait:
                metrics.IntakeFailed("unavailable");
                logger.LogAway(ownership.Partition, failure.Exception.Message, failure.Pause.TotalSeconds);
                break;
            case AfterFailure.LetGo:
                metrics.IntakeFailed("fenced");
                logger.Fenced(ownership.Partition);
                break;
            case AfterFailure.Stop:
                metrics.IntakeFailed("stopped");
                logger.Stopped(ownership.Partition, failure.Exception.Message);
                break;
        }
    }

    /// <param name="gone">Null when another topic was found at the same offset.</param>
    private void GoOnElsewhere(LogOffsetOutOfRangeException? gone)
    {
        if (gone is not null && gone.Range.Start > Position)
        {
            // What retention removed is lost whether reading goes on or not.
            metrics.IntakeLost(gone.Range.Start - Position);
            logger.MessagesLost(ownership.Partition, gone.Range.Start - Position, Position);
            (_firstHeld, _anew) = (gone.Range.Start, null);
            return;
        }
        // Another topic of that name. Were it the same one that lost its end: what is read twice has the same ids.
        logger.TopicMadeAnew(ownership.Partition, Position);
        (_anew, _firstHeld) = (gone?.Range.Start ?? 0, 0);
    }

    /// <summary>A topic can be made anew under a running collector, and its reader would go on at the same offset.</summary>
    private async ValueTask CheckTopicAsync(CancellationToken cancellation)
    {
        if (await log.IdentityAsync(ownership.Partition.Topic, cancellation) != _topicId)
            throw new IntakeTopicMadeAnewException();
    }

    private void Committed()
    {
        (_anew, _firstHeld) = (null, 0);
        status.Advanced();
    }

    private sealed class IntakeTopicMadeAnewException : Exception;
}

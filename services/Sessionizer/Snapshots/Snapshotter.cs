using Microsoft.Extensions.Logging;
using Tidemark.EventLog;
using Tidemark.Sessionizer.Sessions;

namespace Tidemark.Sessionizer.Snapshots;

/// <summary>Takes the snapshots of an owned partition: decides when, and puts their parts into the transactions of its commits.</summary>
internal sealed class Snapshotter(TopicPartition input, string topicId, SnapshotSchedule schedule, SnapshotRequests requests, ILogger logger)
{
    private readonly SnapshotParts _parts = new(input, topicId);
    private bool _lastIsIn;
    private bool _stopping;
    private long _toOffset;

    /// <summary>True when a commit without anything else in it brings a snapshot forward that is under way or asked for.</summary>
    public bool WantsCommit => _parts.IsUnderWay || _stopping || requests.IsOpen;

    /// <summary>How long a recovery would take now.</summary>
    public TimeSpan Recovery => schedule.Recovery;

    /// <summary>Before the commit record of a transaction.</summary>
    public void AppendTo(ILogTransaction transaction, long timestampMs)
    {
        if (_parts.IsUnderWay)
            _lastIsIn = _parts.AppendTo(transaction, _stopping, timestampMs);
    }

    /// <summary>A transaction is in the log.</summary>
    /// <param name="rules">The state after it.</param>
    /// <param name="records">Input records that it took.</param>
    /// <param name="toOffset">Where it ends.</param>
    /// <param name="writer">Of its commit record.</param>
    /// <param name="complete">False when its commit point goes on with the next: the state is between two then.</param>
    public void Committed(PartitionRules rules, long records, long toOffset, long writer, bool complete)
    {
        schedule.Add(records, commits: 1);
        if (_lastIsIn)
        {
            _lastIsIn = false;
            _stopping = false;
            schedule.Done(_parts.Length);
            requests.Taken();
            logger.SnapshotTaken(input, _toOffset, _parts.Length);
        }
        if (complete && !_parts.IsUnderWay && (schedule.IsDue || requests.IsOpen || _stopping))
        {
            _toOffset = toOffset;
            _parts.Begin(rules, toOffset, writer);
            schedule.Begun();
            requests.Begun();
        }
    }

    /// <summary>The owner stops: what is missing of a snapshot goes out whole, or a new one when it pays. False when nothing is to be done.</summary>
    public bool Stop() => _stopping = _parts.IsUnderWay || schedule.IsWorthwhile;
}

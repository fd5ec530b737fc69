namespace Tidemark.EventLog;

/// <summary>What a group member holds while it owns a partition. At most one live owner per group and partition exists; a former one is fenced at commit.</summary>
public interface IPartitionOwnership
{
    TopicPartition Partition { get; }

    /// <summary>The group's committed position: offset of the first record not yet processed; the start of the log when nothing was committed.</summary>
    long Position { get; }

    /// <summary>Begins a transaction; one at a time per ownership.</summary>
    ILogTransaction Begin();

    /// <summary>Commits a position without outputs, for displays of lag only; an older one may overtake it after a crash.</summary>
    ValueTask CommitPositionAsync(long position, CancellationToken cancellation);
}

/// <summary>
/// Outputs and the input position, all or nothing, also after kill -9. Disposing it without a commit aborts it. Read-committed readers never see an aborted record.
/// </summary>
public interface ILogTransaction : IDisposable
{
    void Append(TopicPartition target, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, long timestampMs);

    /// <summary>As <see cref="AppendRequest.Trace"/>, for the outputs of this transaction; null when it is not sampled.</summary>
    string? Trace { get; set; }

    /// <summary>
    /// Three outcomes: returns (done); <see cref="LogTransactionAbortedException"/> (not done: call this again, with the same outputs, or dispose it and roll back to the last commit);
    /// <see cref="LogFencedException"/> (not done, and the partition is another's: stop). <see cref="LogOutcomeUnknownException"/>: give the partition up and
    /// start from what the log holds.
    /// </summary>
    ValueTask CommitAsync(long position, CancellationToken cancellation);
}

namespace Tidemark.ServiceDefaults.Partitions;

/// <summary>
/// What a service does with a partition that it owns, and what is its own about failures; <see cref="PartitionRunner"/> has the rest. Called by one runner, one call at a time.
/// </summary>
public interface IPartitionWork
{
    /// <summary>Offset of the first record that is not finished, as far as it is known: what waits is counted from here while nobody reads.</summary>
    long Position { get; }

    /// <summary>
    /// Makes memory what the log says, as far as the last commit. Called before every run, since a failure may leave memory ahead of the log; until it returns the partition counts as recovering.
    /// </summary>
    ValueTask<IPartitionRun> RecoverAsync(CancellationToken stop);

    /// <summary>What follows a failure, where the service differs from <see cref="FailureLadder"/>; null where it does not.</summary>
    AfterFailure? Judge(Exception failure) => null;

    /// <summary>Counts a failure, says it, and changes what has to be another at the next attempt. Called once per failure, before the pause.</summary>
    void Failed(in PartitionFailure failure);
}

/// <summary>A partition at work, from where recovery left it.</summary>
public interface IPartitionRun : IDisposable
{
    /// <summary>Reads and commits until the partition is let go of; then it returns, or throws <see cref="OperationCanceledException"/>.</summary>
    Task RunAsync(CancellationToken stop);
}

namespace Tidemark.EventLog.RocksDb.Groups;

/// <summary>One call of RunGroupAsync: what it subscribes to, and the tenures it runs now. Guarded by the coordinator's lock.</summary>
internal sealed class GroupMember(string[] topics, Func<IPartitionOwnership, CancellationToken, Task> process, CancellationToken stopping)
{
    internal Func<IPartitionOwnership, CancellationToken, Task> Process => process;

    internal CancellationToken Stopping => stopping;

    internal List<Tenure> Tenures { get; } = [];

    internal bool Leaving { get; set; }

    /// <summary>Completed when a process failed, or the last tenure has ended after the member began to leave.</summary>
    internal TaskCompletionSource Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal Exception? Failure { get; set; }

    internal bool Wants(string topic) => Array.IndexOf(topics, topic) >= 0;
}

/// <summary>A member's time as owner of a partition, from being given it to having let go of it.</summary>
internal sealed class Tenure(GroupMember member, GroupSlot slot, PartitionOwnership ownership) : IDisposable
{
    private readonly CancellationTokenSource _lost = CancellationTokenSource.CreateLinkedTokenSource(member.Stopping);

    internal GroupMember Member => member;

    internal GroupSlot Slot => slot;

    internal PartitionOwnership Ownership => ownership;

    internal CancellationToken Token => _lost.Token;

    internal bool Revoked { get; private set; }

    /// <summary>Asks the member to let go. Not under the coordinator's lock: what hangs on the token runs here.</summary>
    internal void Cancel()
    {
        try
        {
            _lost.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It ended by itself a moment ago.
        }
    }

    internal void MarkRevoked() => Revoked = true;

    public void Dispose()
    {
        ownership.Dispose();
        _lost.Dispose();
    }
}

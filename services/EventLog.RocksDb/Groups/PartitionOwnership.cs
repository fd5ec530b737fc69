using Tidemark.EventLog.RocksDb.Storage;
using Tidemark.EventLog.RocksDb.Writing;

namespace Tidemark.EventLog.RocksDb.Groups;

/// <summary>One tenure of one partition. The epoch it began with is what the commit thread compares.</summary>
internal sealed class PartitionOwnership(GroupSlot slot, int epoch, PartitionTable partitions, Func<PendingWrite, ValueTask> enqueue)
    : IPartitionOwnership, IDisposable
{
    private readonly TransactionOutputs _outputs = new(partitions.All.Count);
    private LogTransaction? _open;

    public TopicPartition Partition => slot.Partition.Id;

    public long Position => slot.Position;

    public ILogTransaction Begin()
    {
        if (_open is not null)
            throw new InvalidOperationException($"{Partition}: a transaction is open already; commit or dispose it first.");
        return _open = new LogTransaction(this, _outputs, partitions.Find);
    }

    public ValueTask CommitPositionAsync(long position, CancellationToken cancellation) => CommitAsync(null, position, cancellation);

    internal ValueTask CommitAsync(TransactionOutputs? outputs, long position, CancellationToken cancellation)
    {
        var range = slot.Partition.Range;
        if (position < 0 || position > range.End)
            throw new ArgumentOutOfRangeException(nameof(position), position, $"{Partition} ends at {range.End}.");
        var commit = new PendingCommit(slot, epoch);
        commit.Begin(outputs, position, cancellation);
        return enqueue(commit);
    }

    internal void End(LogTransaction transaction)
    {
        if (!ReferenceEquals(_open, transaction))
            return;
        _outputs.Clear();
        _open = null;
    }

    /// <summary>The tenure is over: commits that come later are fenced.</summary>
    public void Dispose()
    {
        slot.NextEpoch();
        if (_open is null)
            _outputs.Drop();
    }
}

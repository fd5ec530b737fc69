using System.Buffers.Binary;
using Tidemark.EventLog.RocksDb.Writing;

namespace Tidemark.EventLog.RocksDb.Groups;

/// <summary>
/// A position and the outputs that belong to it, in one atomic store write. The commit thread compares the epoch, so nothing of a former owner can enter the log
/// after a new one was let in.
/// </summary>
internal sealed class PendingCommit(GroupSlot slot, int epoch) : PendingWrite
{
    private TransactionOutputs? _outputs;
    private long _position;

    protected override bool MayAbandon => false;

    internal void Begin(TransactionOutputs? outputs, long position, CancellationToken cancellation)
    {
        _outputs = outputs;
        _position = position;
        Begin(outputs?.Bytes ?? 0, cancellation);
    }

    internal override void Stage(Commit commit)
    {
        if (slot.Epoch != epoch)
            throw new LogFencedException($"{slot.Partition.Id} of group {slot.Group} is another member's now; nothing was stored.");
        if (_outputs is not null)
        {
            foreach (var partition in _outputs.Targets)
                commit.Add(partition, _outputs.Records(partition));
        }
        Span<byte> position = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(position, _position);
        commit.PutMeta(slot.Key, position);
    }

    internal override void Publish() => slot.Committed = _position;
}

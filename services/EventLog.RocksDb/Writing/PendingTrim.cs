using Tidemark.EventLog.RocksDb.Storage;

namespace Tidemark.EventLog.RocksDb.Writing;

/// <summary>Moves the start of a partition: the new start is durable before anything is removed, so a crash in between leaves only garbage below it.</summary>
internal sealed class PendingTrim : PendingWrite
{
    private readonly Partition _partition;
    private readonly long _start;

    internal PendingTrim(Partition partition, long start, CancellationToken cancellation)
    {
        _partition = partition;
        _start = start;
        Begin(0, cancellation);
    }

    internal override void Stage(Commit commit)
    {
        Span<byte> from = stackalloc byte[Partition.MaxKeyLength];
        Span<byte> to = stackalloc byte[Partition.MaxKeyLength];
        commit.PutMeta(Catalog.StartKey(_partition.Id), Catalog.Offset(_start));
        commit.Store.DeleteRange(_partition.ColumnFamily, _partition.Key(0, from), _partition.Key(_start, to));
    }

    internal override void Publish() => _partition.Start = Math.Max(_partition.Start, _start);
}

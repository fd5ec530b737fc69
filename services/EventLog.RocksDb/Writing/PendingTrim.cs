using Tidemark.EventLog.RocksDb.Storage;

namespace Tidemark.EventLog.RocksDb.Writing;

/// <summary>A new start of a partition, a border of batches, on its way into the log.</summary>
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

    /// <summary>Records that it removed, when it has been answered; none where another trim was faster.</summary>
    internal long Removed { get; private set; }

    internal override void Stage(Commit commit) => Removed = commit.Trim(_partition, _start);
}

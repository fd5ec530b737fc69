using Tidemark.EventLog.RocksDb.Storage;

namespace Tidemark.EventLog.RocksDb.Groups;

/// <summary>
/// What one group has on one partition: its position, and the epoch of the ownership that may commit. The folder belongs to one process, so epochs need not
/// outlive it.
/// </summary>
internal sealed class GroupSlot(string group, Partition partition)
{
    private const long None = -1;
    private int _epoch;
    private long _position = None;

    internal string Group => group;

    internal Partition Partition => partition;

    internal byte[] Key { get; } = Catalog.GroupKey(group, partition.Id);

    internal int Epoch => Volatile.Read(ref _epoch);

    /// <summary>Null when the group has never committed here.</summary>
    internal long? Committed
    {
        get
        {
            var position = Volatile.Read(ref _position);
            return position == None ? null : position;
        }
        set => Volatile.Write(ref _position, value ?? None);
    }

    internal long Position => Committed ?? partition.Start;

    /// <summary>Whoever held the partition is fenced from now on.</summary>
    internal int NextEpoch() => Interlocked.Increment(ref _epoch);
}

using Tidemark.EventLog.RocksDb.Storage;

namespace Tidemark.EventLog.RocksDb.Groups;

/// <summary>Records that a transaction has collected, by target partition; used again by the next transaction of the same ownership.</summary>
internal sealed class TransactionOutputs(int partitions)
{
    private readonly RecordSetBuilder?[] _records = new RecordSetBuilder?[partitions];
    private readonly List<Partition> _targets = [];

    internal List<Partition> Targets => _targets;

    internal long Bytes
    {
        get
        {
            long bytes = 0;
            foreach (var target in _targets)
                bytes += _records[target.Index]!.Length;
            return bytes;
        }
    }

    internal RecordSetBuilder Records(Partition partition) => _records[partition.Index]!;

    internal void Add(Partition target, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, long timestampMs)
    {
        var records = _records[target.Index] ??= new RecordSetBuilder();
        if (records.Count == 0)
            _targets.Add(target);
        records.Add(key, value, timestampMs);
    }

    internal void Clear()
    {
        foreach (var target in _targets)
            _records[target.Index]!.Clear();
        _targets.Clear();
    }

    /// <summary>Gives all memory back.</summary>
    internal void Drop()
    {
        foreach (var records in _records)
            records?.Dispose();
        _targets.Clear();
    }
}

namespace Tidemark.EventLog.Kafka.Groups;

/// <summary>
/// Outputs of one transaction, in memory until the commit: an open transaction holds back every reader of the partitions it wrote to, so it is opened when all is there.
/// </summary>
internal sealed class TransactionOutputs
{
    private readonly Dictionary<TopicPartition, RecordSetBuilder> _partitions = [];

    internal IEnumerable<KeyValuePair<TopicPartition, RecordSetBuilder>> Filled => _partitions.Where(pair => pair.Value.Count > 0);

    internal string? Trace { get; set; }

    internal void Add(TopicPartition target, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, long timestampMs)
    {
        if (!_partitions.TryGetValue(target, out var builder))
            _partitions.Add(target, builder = new RecordSetBuilder());
        builder.Add(key, value, timestampMs);
    }

    internal void Clear()
    {
        foreach (var builder in _partitions.Values)
            builder.Clear();
        Trace = null;
    }

    internal void Drop()
    {
        foreach (var builder in _partitions.Values)
            builder.Dispose();
        _partitions.Clear();
    }
}

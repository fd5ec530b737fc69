namespace Tidemark.EventLog.RocksDb.Storage;

/// <summary>All partitions of the open log, by topic.</summary>
internal sealed class PartitionTable
{
    private readonly Dictionary<string, Partition[]> _topics;

    internal PartitionTable(Dictionary<string, Partition[]> topics)
    {
        _topics = topics;
        All = [.. topics.Values.SelectMany(topic => topic).OrderBy(partition => partition.Index)];
    }

    internal IReadOnlyList<Partition> All { get; }

    internal IEnumerable<string> Topics => _topics.Keys;

    internal Partition[] Topic(string topic) => _topics.TryGetValue(topic, out var partitions)
        ? partitions
        : throw new ArgumentException($"The topic {topic} was not defined when the log was opened.", nameof(topic));

    internal Partition? TryFind(TopicPartition id) =>
        _topics.TryGetValue(id.Topic, out var partitions) && (uint)id.Partition < (uint)partitions.Length ? partitions[id.Partition] : null;

    internal Partition Find(TopicPartition id)
    {
        var partitions = Topic(id.Topic);
        return (uint)id.Partition < (uint)partitions.Length
            ? partitions[id.Partition]
            : throw new ArgumentException($"The topic {id.Topic} has {partitions.Length} partitions; there is no {id.Partition}.", nameof(id));
    }
}

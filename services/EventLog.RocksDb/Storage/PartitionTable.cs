namespace Tidemark.EventLog.RocksDb.Storage;

/// <summary>All partitions of the open log, by topic.</summary>
internal sealed class PartitionTable
{
    private readonly Dictionary<string, Partition[]> _topics;

    internal PartitionTable(Dictionary<string, Partition[]> topics, string identity)
    {
        (_topics, Identity) = (topics, identity);
        All = [.. topics.Values.SelectMany(topic => topic).OrderBy(partition => partition.Index)];
    }

    internal IReadOnlyList<Partition> All { get; }

    /// <summary>Of the log, and with it of all its topics: none of them can be deleted without the others.</summary>
    internal string Identity { get; }

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

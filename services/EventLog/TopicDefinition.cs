namespace Tidemark.EventLog;

/// <summary>
/// What a topic is made with. The partition count is part of the data: an implementation records it and refuses to open a topic with another one,
/// since keys would land elsewhere and order per visitor would be lost.
/// </summary>
public sealed record TopicDefinition(string Name, int Partitions)
{
    /// <summary>
    /// Records older than this may be removed; null keeps them for ever. The local log goes by the time of the append, Kafka by the records' timestamps, which for what the
    /// services write are the times of receipt.
    /// </summary>
    public TimeSpan? RetentionTime { get; init; }

    /// <summary>A partition larger than this loses its oldest records; bytes as stored; null is no limit. Not together with <see cref="TrimmedByReaders"/> on Kafka.</summary>
    public long? RetentionBytes { get; init; }

    /// <summary>
    /// True: only <see cref="IEventLog.TrimAsync"/> removes records, called by the services that read the topic, since they alone know what they still need. Age and size then
    /// say what may go (<see cref="IEventLog.ExpiredAsync"/>) and remove nothing by themselves; on Kafka the topic has retention.ms=-1 and retention.bytes=-1.
    /// False: what is beyond age and size goes by itself, read or not.
    /// </summary>
    public bool TrimmedByReaders { get; init; }

    /// <summary>True when only the newest record of each key has to survive (Kafka: cleanup.policy=compact, with delete where <see cref="MayBeTrimmed"/>).</summary>
    public bool Compacted { get; init; }

    /// <summary>False for a topic that is compacted and nothing else: the newest record of each key has to survive at whatever offset it is.</summary>
    public bool MayBeTrimmed => !Compacted || TrimmedByReaders || RetentionTime is not null || RetentionBytes is not null;

    /// <summary>True for topics that take most of the traffic; the RocksDB log gives each of their partitions a column family of its own.</summary>
    public bool Large { get; init; }
}

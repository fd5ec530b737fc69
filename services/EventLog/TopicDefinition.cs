namespace Tidemark.EventLog;

/// <summary>
/// What a topic is made with. The partition count is part of the data: an implementation records it and refuses to open a topic with another one,
/// since keys would land elsewhere and order per visitor would be lost.
/// </summary>
public sealed record TopicDefinition(string Name, int Partitions)
{
    /// <summary>Records older than this (by append time) may be removed; null keeps them for ever.</summary>
    public TimeSpan? RetentionTime { get; init; }

    /// <summary>A partition larger than this loses its oldest records; bytes as stored; null is no limit.</summary>
    public long? RetentionBytes { get; init; }

    /// <summary>True when only the newest record of each key has to survive (Kafka: cleanup.policy=compact).</summary>
    public bool Compacted { get; init; }

    /// <summary>True for topics that take most of the traffic; the RocksDB log gives each of their partitions a column family of its own.</summary>
    public bool Large { get; init; }
}

namespace Tidemark.EventLog;

/// <summary>One partition of one topic: the unit of order, ownership and exactly-once processing.</summary>
public readonly record struct TopicPartition(string Topic, int Partition)
{
    public override string ToString() => $"{Topic}/{Partition}";
}

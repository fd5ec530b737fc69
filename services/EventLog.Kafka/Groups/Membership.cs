using Confluent.Kafka;

namespace Tidemark.EventLog.Kafka.Groups;

/// <summary>
/// The consumer that keeps a membership, and what the tenures under it ask of it on threads of their own. A tenure whose partition was lost is not waited for, so it may
/// still be asking when the consumer goes: that waits for the question, and later ones throw <see cref="ObjectDisposedException"/>.
/// </summary>
internal sealed class Membership(IConsumer<Ignore, Ignore> consumer) : IDisposable
{
    private readonly CallGate _gate = new();

    /// <summary>For the thread that polls and disposes, and for no other.</summary>
    internal IConsumer<Ignore, Ignore> Consumer => consumer;

    /// <summary>Blocks.</summary>
    internal Offset Committed(Confluent.Kafka.TopicPartition place, TimeSpan patience) => _gate.Inside(() => consumer.Committed([place], patience)[0].Offset);

    internal void Store(TopicPartitionOffset position) => _gate.Inside(() =>
    {
        consumer.StoreOffset(position);
        return true;
    });

    /// <summary>By which a transaction proves that the position it commits is this member's to commit.</summary>
    internal IConsumerGroupMetadata Metadata() => _gate.Inside(() => consumer.ConsumerGroupMetadata);

    public void Dispose()
    {
        _gate.Close();
        consumer.Dispose();
    }
}

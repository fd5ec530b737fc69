using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace Tidemark.EventLog.Kafka.Groups;

/// <summary>
/// Ends what a former owner of a partition left open and the transaction coordinator does not know of ("hanging" transactions: brokers that were killed come back with records of a
/// transaction whose beginning is not on the coordinator's record). Nobody else ends them, every reader of committed records waits before them for ever, and the next transaction
/// of the same producer id would commit them with its own. An aborted transaction under that id that touches the same partitions takes them with it: the marker of its end
/// is for all that the id has open there.
/// </summary>
internal sealed class LeftOpen(GroupServices services, Tenure tenure)
{
    /// <summary>To be called before anything else of a new producer. Blocks. Throws <see cref="KafkaException"/> when it could not be done; then the producer must not be used.</summary>
    /// <param name="producer">Has fenced all before it.</param>
    /// <param name="position">True when the group's position is known to be held by a transaction.</param>
    internal void End(IProducer<byte[]?, byte[]> producer, bool position)
    {
        var open = services.OpenAsync().GetAwaiter().GetResult();
        if (open.Count == 0 && !position)
            return;
        var patience = services.Options.TransactionTimeout;
        producer.BeginTransaction();
        foreach (var partition in open)
            producer.Produce(Place(partition), new Message<byte[]?, byte[]> { Value = [] });
        // An abort forgets what was not sent yet, and the coordinator hears of a partition with its first record.
        producer.Flush(patience);
        if (position)
            producer.SendOffsetsToTransaction([new TopicPartitionOffset(Place(tenure.Partition), 0)], tenure.Member.Metadata(), patience);
        producer.AbortTransaction(patience);
        if (position)
            services.Logger.LeftOpen(tenure.Partition);
    }

    private Confluent.Kafka.TopicPartition Place(TopicPartition partition) => new(services.Options.TopicPrefix + partition.Topic, partition.Partition);
}

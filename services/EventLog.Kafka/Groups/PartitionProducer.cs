using System.Text;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace Tidemark.EventLog.Kafka.Groups;

/// <summary>
/// The transactional producer of one owned partition. Its id is the partition's, so a new owner's first call (InitTransactions) fences the former owner and ends what
/// it left open. Used on one thread.
/// </summary>
internal sealed class PartitionProducer(GroupServices services, string group, Tenure tenure) : IDisposable
{
    private static readonly TimeSpan _try = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(200);
    private readonly LeftOpen _leftOpen = new(services, tenure);
    private IProducer<byte[]?, byte[]>? _producer;

    private string Id => $"{services.Options.TopicPrefix}{group}-{tenure.Partition.Topic}-{tenure.Partition.Partition}";

    /// <summary>
    /// The producer after it has fenced all before it and ended what they left open; waits while the brokers are away. Throws <see cref="OperationCanceledException"/> when the tenure is over.
    /// </summary>
    internal IProducer<byte[]?, byte[]> Ready()
    {
        var over = tenure.Over;
        if (_producer is not null)
            return _producer;
        var settings = ClientSettings.Transactions(services.Options, Id);
        for (var tries = 0; ; tries++)
        {
            over.ThrowIfCancellationRequested();
            var producer = new ProducerBuilder<byte[]?, byte[]>(settings)
                .SetLogHandler((_, message) => services.Logger.Library((int)message.Level, message.Facility, message.Message))
                .SetErrorHandler(static (_, _) => { })
                .Build();
            try
            {
                producer.InitTransactions(_try);
                _leftOpen.End(producer, position: false);
                return _producer = producer;
            }
            catch (Exception failed) when (failed is KafkaException or ObjectDisposedException)
            {
                // The last: the log or the membership closes, and this tenure is about to hear of it.
                producer.Dispose();
                if (tries % 15 == 1)
                    services.Logger.TakingOver(tenure.Partition, failed.Message);
            }
            over.WaitHandle.WaitOne(_pause);
        }
    }

    /// <summary>Frees the group's position from a transaction of a former owner that nobody ends; for when it cannot be asked for though the brokers answer.</summary>
    internal void FreePosition()
    {
        try
        {
            _leftOpen.End(Ready(), position: true);
        }
        catch (Exception failed) when (failed is KafkaException or ObjectDisposedException)
        {
            services.Logger.TakingOver(tenure.Partition, failed.Message);
            Drop();
        }
    }

    /// <summary>What it had open is ended by the next one's InitTransactions.</summary>
    internal void Drop()
    {
        _producer?.Dispose();
        _producer = null;
    }

    internal static void Produce(IProducer<byte[]?, byte[]> producer, TransactionOutputs outputs, string topicPrefix)
    {
        var trace = outputs.Trace is null ? null : Encoding.UTF8.GetBytes(outputs.Trace);
        foreach (var (target, builder) in outputs.Filled)
        {
            var place = new Confluent.Kafka.TopicPartition(topicPrefix + target.Topic, target.Partition);
            var headers = trace is null ? null : new Headers { { TraceHeader.Text, trace } };
            foreach (var record in new RecordSet(builder.Data, 0, builder.Count, builder.BaseTimestampMs))
            {
                producer.Produce(place, new Message<byte[]?, byte[]>
                {
                    Key = record.Key.IsEmpty ? null : record.Key.ToArray(),
                    Value = record.Value.ToArray(),
                    Timestamp = new Timestamp(Math.Max(record.TimestampMs, 1), TimestampType.CreateTime),
                    Headers = headers,
                });
                headers = null;
            }
        }
    }

    public void Dispose() => Drop();
}

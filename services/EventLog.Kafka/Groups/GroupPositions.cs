using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace Tidemark.EventLog.Kafka.Groups;

/// <summary>
/// Asks the coordinator of a group, as nobody's member, how far the group is. By a consumer that lives for the question only: librdkafka's admin client ends the process by an
/// assertion when the coordinator goes away between its two requests (librdkafka issues 3663 and, for another of these calls, confluent-kafka-python 1640).
/// </summary>
internal sealed class GroupPositions(KafkaLogOptions options, ILogger logger)
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(5);

    /// <summary>Null when the group never committed one. Throws <see cref="LogUnavailableException"/> when the brokers do not answer.</summary>
    internal Task<long?> AskAsync(string group, TopicPartition partition) => Task.Run(() => Ask(group, partition));

    private long? Ask(string group, TopicPartition partition)
    {
        try
        {
            using var consumer = new ConsumerBuilder<byte[], byte[]>(ClientSettings.Asking(options, options.TopicPrefix + group))
                .SetLogHandler((_, message) => logger.Library((int)message.Level, message.Facility, message.Message))
                .SetErrorHandler(static (_, _) => { })
                .Build();
            var place = new Confluent.Kafka.TopicPartition(options.TopicPrefix + partition.Topic, partition.Partition);
            var position = consumer.Committed([place], _patience)[0].Offset.Value;
            return position >= 0 ? position : null;
        }
        catch (KafkaException failed)
        {
            throw new LogUnavailableException($"{partition}: the brokers do not say how far group {group} is ({failed.Error.Reason}); try again.", failed);
        }
    }
}

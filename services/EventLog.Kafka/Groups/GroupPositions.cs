using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace Tidemark.EventLog.Kafka.Groups;

/// <summary>Asks the coordinator of a group, as nobody's member, how far the group is.</summary>
internal sealed class GroupPositions(AdminCalls admin, KafkaLogOptions options)
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(100);

    /// <summary>Answers of a broker that is not yet, or not any more, the coordinator.</summary>
    private static readonly HashSet<ErrorCode> _elsewhere = [ErrorCode.NotCoordinatorForGroup, ErrorCode.GroupCoordinatorNotAvailable, ErrorCode.GroupLoadInProgress];

    /// <summary>Null when the group never committed one. Throws <see cref="LogUnavailableException"/> when the brokers do not answer.</summary>
    internal async Task<long?> AskAsync(string group, TopicPartition partition)
    {
        var place = new Confluent.Kafka.TopicPartition(options.TopicPrefix + partition.Topic, partition.Partition);
        for (var until = Environment.TickCount64 + (long)_patience.TotalMilliseconds; ; await Task.Delay(_pause).ConfigureAwait(false))
        {
            KafkaException failed;
            try
            {
                // What a transaction that is under way commits does not count yet, and is not waited for.
                var results = await admin.AskAsync(client => client.ListConsumerGroupOffsetsAsync(
                    [new ConsumerGroupTopicPartitions(options.TopicPrefix + group, [place])],
                    new ListConsumerGroupOffsetsOptions { RequestTimeout = _patience, RequireStableOffsets = false })).ConfigureAwait(false);
                var position = results[0].Partitions[0].Offset.Value;
                return position >= 0 ? position : null;
            }
            catch (ListConsumerGroupOffsetsException refused)
            {
                var report = refused.Results[0];
                failed = new KafkaException(report.Error.IsError ? report.Error : report.Partitions[0].Error);
            }
            catch (KafkaException unanswered)
            {
                failed = unanswered;
            }
            if (!_elsewhere.Contains(failed.Error.Code) || Environment.TickCount64 > until)
                throw new LogUnavailableException($"{partition}: the brokers do not say how far group {group} is ({failed.Error.Reason}); try again.", failed);
        }
    }
}

using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Microsoft.Extensions.Logging;
using Tidemark.EventLog.Kafka.Reading;

namespace Tidemark.EventLog.Kafka.Retention;

/// <summary>Moves the start of a partition by Kafka's DeleteRecords.</summary>
internal sealed class PartitionTrim(AdminCalls admin, KafkaLogOptions options, Func<TopicPartition, Task<LogRange>> rangeAsync, EventLogMetrics metrics, ILogger logger)
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(100);

    /// <summary>Answers that are the same at the next try.</summary>
    private static readonly HashSet<ErrorCode> _lasting = [ErrorCode.PolicyViolation, ErrorCode.TopicAuthorizationFailed, ErrorCode.ClusterAuthorizationFailed];

    /// <summary>The start afterwards. Throws <see cref="LogUnavailableException"/> or <see cref="LogSettingsException"/>.</summary>
    internal async Task<long> RunAsync(TopicPartition partition, long before)
    {
        var range = await rangeAsync(partition).ConfigureAwait(false);
        // Brokers would also remove what an open transaction has written.
        var wanted = Math.Min(before, range.End);
        if (wanted <= range.Start)
            return range.Start;
        var start = await DeleteAsync(partition, wanted).ConfigureAwait(false);
        metrics.Trimmed(partition.Topic, Math.Max(0, start - range.Start));
        logger.Trimmed(partition, start - range.Start, start);
        return start;
    }

    private async Task<long> DeleteAsync(TopicPartition partition, long before)
    {
        var name = options.TopicPrefix + partition.Topic;
        for (var until = Environment.TickCount64 + (long)_patience.TotalMilliseconds; ; await Task.Delay(_pause).ConfigureAwait(false))
        {
            KafkaException failed;
            try
            {
                // With a time for the operation: else the brokers answer before their replicas have followed.
                var results = await admin.AskAsync(client => client.DeleteRecordsAsync(
                    [new TopicPartitionOffset(name, partition.Partition, before)],
                    new DeleteRecordsOptions { RequestTimeout = _patience, OperationTimeout = _patience })).ConfigureAwait(false);
                return results[0].Offset.Value;
            }
            catch (DeleteRecordsException refused)
            {
                failed = new KafkaException(refused.Results[0].Error);
            }
            catch (KafkaException unanswered)
            {
                failed = unanswered;
            }
            if (_lasting.Contains(failed.Error.Code))
                throw new LogSettingsException($"{partition}: the brokers do not let this client trim it ({failed.Error.Reason}). It takes the right to delete, and a cleanup.policy with delete.", failed);
            if (!PartitionOffsets.IsStale(failed.Error.Code) || Environment.TickCount64 > until)
                throw new LogUnavailableException($"{partition}: the brokers do not say whether it is trimmed ({failed.Error.Reason}); try again.", failed);
            await RefreshAsync(partition, name).ConfigureAwait(false);
        }
    }

    /// <summary>The client goes on asking the leader that it knows.</summary>
    private async Task RefreshAsync(TopicPartition partition, string name)
    {
        try
        {
            await Task.Run(() => admin.Metadata(name, _patience)).ConfigureAwait(false);
        }
        catch (KafkaException failed)
        {
            throw new LogUnavailableException($"{partition}: the brokers do not say who leads it ({failed.Error.Reason}); try again.", failed);
        }
    }
}

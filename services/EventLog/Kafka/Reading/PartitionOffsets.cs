using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace Tidemark.EventLog.Kafka.Reading;

/// <summary>One question to the leaders of partitions for their first or last offsets.</summary>
internal static class PartitionOffsets
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(5);

    /// <summary>Partitions whose leader did not answer are left out. Throws <see cref="KafkaException"/> when nothing was answered.</summary>
    internal static async Task<Dictionary<TopicPartition, long>> ListAsync(
        IAdminClient admin, KafkaLogOptions options, IReadOnlyList<TopicPartition> partitions, OffsetSpec which, IsolationLevel isolation, TimeSpan patience)
    {
        IEnumerable<TopicPartitionOffsetError> answers;
        try
        {
            var result = await admin.ListOffsetsAsync(
                partitions.Select(partition => new TopicPartitionOffsetSpec
                {
                    TopicPartition = new Confluent.Kafka.TopicPartition(options.TopicPrefix + partition.Topic, partition.Partition),
                    OffsetSpec = which,
                }),
                new ListOffsetsOptions { IsolationLevel = isolation, RequestTimeout = patience }).ConfigureAwait(false);
            answers = result.ResultInfos.Select(info => info.TopicPartitionOffsetError);
        }
        catch (ListOffsetsException partly)
        {
            answers = partly.Result.ResultInfos.Select(info => info.TopicPartitionOffsetError);
        }
        return answers.Where(answer => !answer.Error.IsError && answer.Offset.Value >= 0).ToDictionary(
            answer => new TopicPartition(answer.Topic[options.TopicPrefix.Length..], answer.Partition.Value), answer => answer.Offset.Value);
    }

    /// <summary>Throws <see cref="LogUnavailableException"/> when the leader does not answer.</summary>
    internal static async Task<LogRange> RangeAsync(IAdminClient admin, KafkaLogOptions options, TopicPartition partition)
    {
        try
        {
            // In this order: what is committed is never above what is written.
            var start = await OneAsync(OffsetSpec.Earliest(), IsolationLevel.ReadUncommitted).ConfigureAwait(false);
            var end = await OneAsync(OffsetSpec.Latest(), IsolationLevel.ReadCommitted).ConfigureAwait(false);
            var written = await OneAsync(OffsetSpec.Latest(), IsolationLevel.ReadUncommitted).ConfigureAwait(false);
            return new LogRange(start, end, written);
        }
        catch (KafkaException failed)
        {
            throw new LogUnavailableException($"{partition}: the brokers do not say what it holds ({failed.Error.Reason}); try again.", failed);
        }

        async Task<long> OneAsync(OffsetSpec which, IsolationLevel isolation) =>
            (await ListAsync(admin, options, [partition], which, isolation, _patience).ConfigureAwait(false)).TryGetValue(partition, out var offset)
                ? offset
                : throw new KafkaException(new Error(ErrorCode.LeaderNotAvailable, "its leader does not answer"));
    }
}

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
        var answers = await AskAsync(admin, options, partitions, which, isolation, patience).ConfigureAwait(false);
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

        async Task<long> OneAsync(OffsetSpec which, IsolationLevel isolation)
        {
            var answer = (await AskAsync(admin, options, [partition], which, isolation, _patience).ConfigureAwait(false)).Single();
            if (answer.Error.IsError)
                throw new KafkaException(answer.Error);
            return answer.Offset.Value >= 0 ? answer.Offset.Value : throw new KafkaException(new Error(ErrorCode.LeaderNotAvailable, $"no offset for {isolation}"));
        }
    }

    /// <summary>
    /// The library asks with the leader epoch that it remembers, and after a restart of the broker is refused with it for ever: it has to be made to look again.
    /// </summary>
    private static async Task<IReadOnlyList<TopicPartitionOffsetError>> AskAsync(
        IAdminClient admin, KafkaLogOptions options, IReadOnlyList<TopicPartition> partitions, OffsetSpec which, IsolationLevel isolation, TimeSpan patience)
    {
        var answers = await AskOnceAsync(admin, options, partitions, which, isolation, patience).ConfigureAwait(false);
        if (!answers.Any(static answer => IsStale(answer.Error.Code)))
            return answers;
        await Task.Run(() =>
        {
            foreach (var topic in partitions.Select(partition => partition.Topic).Distinct())
                admin.GetMetadata(options.TopicPrefix + topic, patience);
        }).ConfigureAwait(false);
        return await AskOnceAsync(admin, options, partitions, which, isolation, patience).ConfigureAwait(false);
    }

    private static bool IsStale(ErrorCode code) =>
        code is ErrorCode.FencedLeaderEpoch or ErrorCode.UnknownLeaderEpoch or ErrorCode.NotLeaderForPartition or ErrorCode.LeaderNotAvailable;

    private static async Task<IReadOnlyList<TopicPartitionOffsetError>> AskOnceAsync(
        IAdminClient admin, KafkaLogOptions options, IReadOnlyList<TopicPartition> partitions, OffsetSpec which, IsolationLevel isolation, TimeSpan patience)
    {
        try
        {
            var result = await admin.ListOffsetsAsync(
                partitions.Select(partition => new TopicPartitionOffsetSpec
                {
                    TopicPartition = new Confluent.Kafka.TopicPartition(options.TopicPrefix + partition.Topic, partition.Partition),
                    OffsetSpec = which,
                }),
                new ListOffsetsOptions { IsolationLevel = isolation, RequestTimeout = patience }).ConfigureAwait(false);
            return [.. result.ResultInfos.Select(info => info.TopicPartitionOffsetError)];
        }
        catch (ListOffsetsException partly)
        {
            return [.. partly.Result.ResultInfos.Select(info => info.TopicPartitionOffsetError)];
        }
    }
}

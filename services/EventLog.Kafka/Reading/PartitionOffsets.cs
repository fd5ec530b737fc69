using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace Tidemark.EventLog.Kafka.Reading;

/// <summary>One question to the leaders of partitions for their first or last offsets, or for the first since a time.</summary>
internal static class PartitionOffsets
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(100);

    /// <summary>Answers of a broker that is not, or not since when the client thinks, the leader.</summary>
    private static readonly HashSet<ErrorCode> _stale =
        [ErrorCode.FencedLeaderEpoch, ErrorCode.UnknownLeaderEpoch, ErrorCode.NotLeaderForPartition, ErrorCode.LeaderNotAvailable, ErrorCode.UnknownTopicOrPart];

    internal static bool IsStale(ErrorCode code) => _stale.Contains(code);

    /// <summary>Partitions whose leader did not answer are left out. Throws <see cref="KafkaException"/> when nothing was answered.</summary>
    internal static async Task<Dictionary<TopicPartition, long>> ListAsync(
        AdminCalls admin, KafkaLogOptions options, IReadOnlyList<TopicPartition> partitions, OffsetSpec which, IsolationLevel isolation, TimeSpan patience)
    {
        var answers = await AskFreshAsync(admin, options, partitions, which, isolation, patience).ConfigureAwait(false);
        return answers.Where(answer => !answer.Error.IsError && answer.Offset.Value >= 0).ToDictionary(
            answer => new TopicPartition(answer.Topic[options.TopicPrefix.Length..], answer.Partition.Value), answer => answer.Offset.Value);
    }

    /// <summary>Those in which something is written that is not committed. Throws <see cref="KafkaException"/> when nothing was answered.</summary>
    internal static async Task<IReadOnlyList<TopicPartition>> OpenAsync(AdminCalls admin, KafkaLogOptions options, IReadOnlyList<TopicPartition> partitions)
    {
        var written = await ListAsync(admin, options, partitions, OffsetSpec.Latest(), IsolationLevel.ReadUncommitted, _patience).ConfigureAwait(false);
        // Brokers that have just started do not know all leaders yet; one that stays away is not waited for.
        for (var until = Environment.TickCount64 + (long)_patience.TotalMilliseconds; written.Count < partitions.Count && Environment.TickCount64 < until;)
        {
            await Task.Delay(_pause).ConfigureAwait(false);
            written = await ListAsync(admin, options, partitions, OffsetSpec.Latest(), IsolationLevel.ReadUncommitted, _patience).ConfigureAwait(false);
        }
        // In this order: what ends in between is not open.
        var committed = await ListAsync(admin, options, partitions, OffsetSpec.Latest(), IsolationLevel.ReadCommitted, _patience).ConfigureAwait(false);
        return [.. written.Where(entry => committed.TryGetValue(entry.Key, out var end) && end < entry.Value).Select(entry => entry.Key)];
    }

    /// <summary>
    /// Offset of the first record, transaction marker or record of an aborted transaction whose timestamp is not before this one (milliseconds since 1970, above zero); null when all are older. Throws
    /// <see cref="LogUnavailableException"/> when the leader does not answer.
    /// </summary>
    internal static async Task<long?> FirstSinceAsync(AdminCalls admin, KafkaLogOptions options, TopicPartition partition, long timestampMs)
    {
        try
        {
            // What is not committed counts too; the caller knows the committed end.
            var offset = await OneAsync(admin, options, partition, OffsetSpec.ForTimestamp(timestampMs), IsolationLevel.ReadUncommitted).ConfigureAwait(false);
            return offset >= 0 ? offset : null;
        }
        catch (KafkaException failed)
        {
            throw new LogUnavailableException($"{partition}: the brokers do not say what is how old ({failed.Error.Reason}); try again.", failed);
        }
    }

    /// <summary>Throws <see cref="LogUnavailableException"/> when the leader does not answer.</summary>
    internal static async Task<LogRange> RangeAsync(AdminCalls admin, KafkaLogOptions options, TopicPartition partition)
    {
        try
        {
            // In this order: what is committed is never above what is written.
            var start = await OneAsync(admin, options, partition, OffsetSpec.Earliest(), IsolationLevel.ReadUncommitted).ConfigureAwait(false);
            var end = await OneAsync(admin, options, partition, OffsetSpec.Latest(), IsolationLevel.ReadCommitted).ConfigureAwait(false);
            var written = await OneAsync(admin, options, partition, OffsetSpec.Latest(), IsolationLevel.ReadUncommitted).ConfigureAwait(false);
            return new LogRange(start, end, written);
        }
        catch (KafkaException failed)
        {
            throw new LogUnavailableException($"{partition}: the brokers do not say what it holds ({failed.Error.Reason}); try again.", failed);
        }
    }

    /// <summary>Waits for the leader; below zero where no record is as young as asked for.</summary>
    private static async Task<long> OneAsync(AdminCalls admin, KafkaLogOptions options, TopicPartition partition, OffsetSpec which, IsolationLevel isolation)
    {
        // A topic made a moment ago, or a broker just started: not everybody knows the leader yet.
        var until = Environment.TickCount64 + (long)_patience.TotalMilliseconds;
        while (true)
        {
            var answers = await AskFreshAsync(admin, options, [partition], which, isolation, _patience).ConfigureAwait(false);
            if (answers is [{ Error.IsError: false } answer] && (answer.Offset.Value >= 0 || which is OffsetSpec.TimestampSpec))
                return answer.Offset.Value;
            if (Environment.TickCount64 > until)
                throw new KafkaException(new Error(ErrorCode.LeaderNotAvailable, "its leader does not answer"));
            await Task.Delay(_pause).ConfigureAwait(false);
        }
    }

    private static async Task<List<TopicPartitionOffsetError>> AskFreshAsync(
        AdminCalls admin, KafkaLogOptions options, IReadOnlyList<TopicPartition> partitions, OffsetSpec which, IsolationLevel isolation, TimeSpan patience)
    {
        var answers = await AskAsync(admin, options, partitions, which, isolation, patience).ConfigureAwait(false);
        var stale = answers.Where(answer => IsStale(answer.Error.Code)).Select(answer => answer.Topic).Distinct().ToList();
        if (stale.Count == 0)
            return answers;
        // librdkafka asks with the leader epoch it has, and such an answer does not make it look for the new one: after a broker's restart it would be told the
        // same until its metadata ages.
        await Task.Run(() => stale.ForEach(topic => admin.Metadata(topic, patience))).ConfigureAwait(false);
        return await AskAsync(admin, options, partitions, which, isolation, patience).ConfigureAwait(false);
    }

    private static async Task<List<TopicPartitionOffsetError>> AskAsync(
        AdminCalls admin, KafkaLogOptions options, IReadOnlyList<TopicPartition> partitions, OffsetSpec which, IsolationLevel isolation, TimeSpan patience)
    {
        try
        {
            var result = await admin.AskAsync(client => client.ListOffsetsAsync(
                partitions.Select(partition => new TopicPartitionOffsetSpec
                {
                    TopicPartition = new Confluent.Kafka.TopicPartition(options.TopicPrefix + partition.Topic, partition.Partition),
                    OffsetSpec = which,
                }),
                new ListOffsetsOptions { IsolationLevel = isolation, RequestTimeout = patience })).ConfigureAwait(false);
            return [.. result.ResultInfos.Select(info => info.TopicPartitionOffsetError)];
        }
        catch (ListOffsetsException partly)
        {
            return [.. partly.Result.ResultInfos.Select(info => info.TopicPartitionOffsetError)];
        }
    }
}

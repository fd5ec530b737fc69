using Tidemark.EventLog.Kafka.Reading;

namespace Tidemark.EventLog.Kafka.Retention;

/// <summary>What the age of a topic's definition lets stay, by the timestamps of the records.</summary>
internal sealed class Expiry(AdminCalls admin, KafkaLogOptions options, Func<TopicPartition, Task<LogRange>> rangeAsync, TimeProvider time)
{
    /// <summary>Throws <see cref="LogUnavailableException"/> when the leader does not answer.</summary>
    internal async Task<long> FirstKeptAsync(TopicDefinition topic, TopicPartition partition)
    {
        var range = await rangeAsync(partition).ConfigureAwait(false);
        if (topic.RetentionTime is not { } age)
            return range.Start;
        var oldest = time.GetUtcNow().ToUnixTimeMilliseconds() - (long)age.TotalMilliseconds;
        if (oldest <= 0)
            return range.Start;
        // After the end: when nothing is so young, then all before that end is older; a record that came meanwhile is behind it.
        var first = await PartitionOffsets.FirstSinceAsync(admin, options, partition, oldest).ConfigureAwait(false);
        return Math.Clamp(first ?? range.End, range.Start, range.End);
    }
}

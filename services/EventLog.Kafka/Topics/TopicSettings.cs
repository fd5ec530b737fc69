using System.Globalization;

namespace Tidemark.EventLog.Kafka.Topics;

/// <summary>What a topic is made with, and what an existing one must not differ in.</summary>
internal static class TopicSettings
{
    private const string ForEver = "-1";

    internal static Dictionary<string, string> Of(TopicDefinition topic, KafkaLogOptions options)
    {
        // A broker would cut what nobody has read yet.
        var (retention, size) = topic.TrimmedByReaders ? (null, null) : (topic.RetentionTime, topic.RetentionBytes);
        return new Dictionary<string, string>
        {
            ["cleanup.policy"] = !topic.Compacted ? "delete" : topic.MayBeTrimmed ? "compact,delete" : "compact",
            ["retention.ms"] = retention is { } time ? Number((long)time.TotalMilliseconds) : ForEver,
            ["retention.bytes"] = size is { } bytes ? Number(bytes) : ForEver,
            ["min.insync.replicas"] = Number(options.MinInsyncReplicas),
            ["max.message.bytes"] = Number(ClientSettings.MaxRecordBytes),
            // Batches stay as the producer compressed them.
            ["compression.type"] = "producer",
            ["message.timestamp.type"] = "CreateTime",
            // Doors judge the time of events; a broker whose clock is behind must not refuse them.
            ["message.timestamp.after.max.ms"] = Number(long.MaxValue),
        };
    }

    /// <summary>What cannot be done here, whatever the brokers hold; null when nothing is.</summary>
    internal static string? Mistake(TopicDefinition topic) => topic is { TrimmedByReaders: true, RetentionBytes: not null }
        ? $"The topic {topic.Name} is trimmed by its readers and has a size to be trimmed to, but Kafka does not say how many bytes lie before an offset: give it a time."
        : null;

    /// <summary>What is wrong with an existing topic; null when nothing is.</summary>
    internal static string? Difference(string topic, TopicDefinition wanted, KafkaLogOptions options, int partitions, int replicas, IReadOnlyDictionary<string, string> found)
    {
        if (partitions != wanted.Partitions)
        {
            return $"The topic {topic} has {partitions} partitions and {wanted.Partitions} are asked for. Keys would land elsewhere, so this cannot be changed: " +
                $"set Kafka:Partitions to {partitions}, or use another Kafka:TopicPrefix.";
        }
        if (replicas < options.ReplicationFactor)
            return $"The topic {topic} has the replication factor {replicas} and {options.ReplicationFactor} is asked for: reassign its partitions, or set Kafka:ReplicationFactor to {replicas}.";
        var settings = Of(wanted, options);
        foreach (var (name, atLeast) in ((string, bool)[])
            [("cleanup.policy", false), ("retention.ms", false), ("retention.bytes", false), ("message.timestamp.type", false), ("min.insync.replicas", true), ("max.message.bytes", true)])
        {
            if (found.TryGetValue(name, out var value) && !Fits(value, settings[name], atLeast))
            {
                var change = $"change it with kafka-configs --alter --topic {topic} --add-config {name}={(settings[name].Contains(',') ? $"[{settings[name]}]" : settings[name])}";
                return wanted.TrimmedByReaders && name.StartsWith("retention.", StringComparison.Ordinal)
                    ? $"The topic {topic} has {name}={value}, by which brokers remove what was not read yet; its readers remove what they have done with. So {settings[name]} is asked for: {change}."
                    : $"The topic {topic} has {name}={value} and {settings[name]} is asked for: {change}, or change the configuration.";
            }
        }
        return null;
    }

    private static bool Fits(string found, string wanted, bool atLeast)
    {
        if (atLeast && long.TryParse(found, CultureInfo.InvariantCulture, out var has) && long.TryParse(wanted, CultureInfo.InvariantCulture, out var needs))
            return has >= needs;
        return found.Split(',').Select(part => part.Trim()).Order().SequenceEqual(wanted.Split(',').Order());
    }

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}

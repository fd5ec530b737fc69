using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace Tidemark.EventLog.Kafka.Topics;

/// <summary>
/// Makes the topics that are missing and compares the others. Services start in any order and at the same time: whoever comes first makes them.
/// Throws <see cref="LogSettingsException"/> for what waiting does not cure, <see cref="KafkaException"/> for what it may.
/// </summary>
internal sealed class TopicCheck(KafkaLogOptions options, IReadOnlyList<TopicDefinition> topics, AdminCalls admin)
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(5);

    /// <summary>Errors of an answer that will be the same at the next try.</summary>
    private static readonly HashSet<ErrorCode> _lasting =
    [
        ErrorCode.InvalidConfig, ErrorCode.InvalidPartitions, ErrorCode.PolicyViolation, ErrorCode.TopicAuthorizationFailed, ErrorCode.ClusterAuthorizationFailed,
        ErrorCode.TopicException, ErrorCode.InvalidRequest, ErrorCode.Local_UnknownTopic,
    ];

    /// <summary>One try. The number of topics that it made.</summary>
    internal async Task<int> RunAsync(CancellationToken cancellation)
    {
        var found = await FindAsync(_patience).WaitAsync(cancellation).ConfigureAwait(false);
        var missing = topics.Where(topic => !found.ContainsKey(Name(topic))).ToList();
        if (missing.Count > 0)
        {
            await CreateAsync(missing).WaitAsync(cancellation).ConfigureAwait(false);
            found = await FindAsync(_patience).WaitAsync(cancellation).ConfigureAwait(false);
        }
        var settings = await SettingsAsync().WaitAsync(cancellation).ConfigureAwait(false);
        foreach (var topic in topics)
        {
            var name = Name(topic);
            // Made a moment ago, and not every broker knows yet.
            if (!found.TryGetValue(name, out var metadata) || metadata.Partitions.Any(partition => partition.Leader < 0))
                throw new KafkaException(new Error(ErrorCode.LeaderNotAvailable, $"the topic {name} has partitions without a leader"));
            var replicas = metadata.Partitions.Min(partition => partition.Replicas.Length);
            if (TopicSettings.Difference(name, topic, options, metadata.Partitions.Count, replicas, settings[name]) is { } difference)
                throw new LogSettingsException(difference);
        }
        return missing.Count;
    }

    /// <summary>Asks whether the topics are still there and led by anybody.</summary>
    internal async Task AskAsync(TimeSpan patience)
    {
        var found = await FindAsync(patience).ConfigureAwait(false);
        if (topics.FirstOrDefault(topic => !found.ContainsKey(Name(topic))) is { } missing)
            throw new KafkaException(new Error(ErrorCode.UnknownTopicOrPart, $"the topic {Name(missing)} is gone; somebody deleted it, and with it what it held"));
    }

    private string Name(TopicDefinition topic) => options.TopicPrefix + topic.Name;

    /// <summary>
    /// The topics that exist. Not by DescribeTopics or DescribeCluster: librdkafka ends the process by an assertion when their answer names no broker, which is what a
    /// broker says for a moment that slept until it was taken for dead.
    /// </summary>
    private Task<Dictionary<string, TopicMetadata>> FindAsync(TimeSpan patience) => Task.Run(() =>
    {
        var until = Environment.TickCount64 + (long)patience.TotalMilliseconds;
        var found = new Dictionary<string, TopicMetadata>();
        foreach (var name in topics.Select(Name))
        {
            var metadata = admin.Metadata(name, TimeSpan.FromMilliseconds(Math.Max(1, until - Environment.TickCount64)));
            if (metadata.Brokers.Count == 0)
                throw new KafkaException(new Error(ErrorCode.BrokerNotAvailable, "the cluster names no broker"));
            var topic = metadata.Topics.Single(topic => topic.Topic == name);
            if (!topic.Error.IsError)
                found.Add(name, topic);
            else if (topic.Error.Code != ErrorCode.UnknownTopicOrPart)
                throw Failure(name, topic.Error);
        }
        return found;
    });

    private async Task CreateAsync(List<TopicDefinition> missing)
    {
        try
        {
            await admin.AskAsync(client => client.CreateTopicsAsync(
                missing.Select(topic => new TopicSpecification
                {
                    Name = Name(topic),
                    NumPartitions = topic.Partitions,
                    ReplicationFactor = (short)options.ReplicationFactor,
                    Configs = TopicSettings.Of(topic, options),
                }),
                new CreateTopicsOptions { RequestTimeout = _patience, OperationTimeout = _patience })).ConfigureAwait(false);
        }
        catch (CreateTopicsException failed)
        {
            foreach (var result in failed.Results)
            {
                // Another service was faster; what it made is compared like any other.
                if (result.Error.IsError && result.Error.Code != ErrorCode.TopicAlreadyExists)
                    throw Failure(result.Topic, result.Error);
            }
        }
    }

    private async Task<Dictionary<string, Dictionary<string, string>>> SettingsAsync()
    {
        try
        {
            var results = await admin.AskAsync(client => client.DescribeConfigsAsync(
                topics.Select(topic => new ConfigResource { Type = ResourceType.Topic, Name = Name(topic) }),
                new DescribeConfigsOptions { RequestTimeout = _patience })).ConfigureAwait(false);
            return results.ToDictionary(result => result.ConfigResource.Name, result => result.Entries.ToDictionary(entry => entry.Key, entry => entry.Value.Value));
        }
        catch (DescribeConfigsException failed)
        {
            var first = failed.Results.First(result => result.Error.IsError);
            throw Failure(first.ConfigResource.Name, first.Error);
        }
    }

    private static Exception Failure(string topic, Error error) => _lasting.Contains(error.Code)
        ? new LogSettingsException($"The topic {topic} cannot be made or read: {error.Reason}.")
        : new KafkaException(new Error(error.Code, $"topic {topic}: {error.Reason}"));
}

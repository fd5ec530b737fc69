using System.Buffers.Binary;
using System.Buffers.Text;
using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace Tidemark.EventLog.Kafka.Topics;

/// <summary>
/// Kafka's ids of the topics, asked of a broker. Everybody who asks while a question is under way shares the next one: an answer is of a time after it was asked for, and however many
/// partitions ask, there is one question at a time.
/// </summary>
internal sealed class TopicIdentities(KafkaLogOptions options, IReadOnlyList<TopicDefinition> topics, AdminCalls admin)
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private readonly List<string> _names = [.. topics.Select(topic => options.TopicPrefix + topic.Name)];
    private Task<Dictionary<string, string>>? _asked;
    private Task<Dictionary<string, string>>? _next;

    /// <summary>As <c>kafka-topics --describe</c> shows it. Throws <see cref="LogUnavailableException"/> when no broker says it.</summary>
    internal async ValueTask<string> AskAsync(string topic, CancellationToken cancellation)
    {
        try
        {
            var ids = await Current().WaitAsync(cancellation).ConfigureAwait(false);
            return ids.TryGetValue(options.TopicPrefix + topic, out var id)
                ? id
                : throw new LogUnavailableException($"The topic {options.TopicPrefix + topic} is gone; somebody deleted it, and with it what it held.");
        }
        catch (KafkaException failed)
        {
            throw new LogUnavailableException($"The brokers do not say which topic {options.TopicPrefix + topic} is ({failed.Error.Reason}); try again.", failed);
        }
        catch (ObjectDisposedException closed)
        {
            throw new LogUnavailableException("The log is closed.", closed);
        }
    }

    private Task<Dictionary<string, string>> Current()
    {
        lock (_lock)
        {
            if (_asked is null || _asked.IsCompleted)
            {
                (_asked, _next) = (DescribeAsync(), null);
                return _asked;
            }
            return _next ??= AfterAsync(_asked);
        }
    }

    private async Task<Dictionary<string, string>> AfterAsync(Task before)
    {
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ForceYielding);
        Task<Dictionary<string, string>> asked;
        lock (_lock)
            (_asked, _next) = (asked = DescribeAsync(), null);
        return await asked.ConfigureAwait(false);
    }

    private async Task<Dictionary<string, string>> DescribeAsync()
    {
        List<TopicDescription> found;
        try
        {
            // With the names of topics the answer is never empty, which librdkafka would not survive (as it is, for a moment, to DescribeCluster).
            var answer = await admin.AskAsync(client => client.DescribeTopicsAsync(
                TopicCollection.OfTopicNames(_names), new DescribeTopicsOptions { RequestTimeout = _patience })).ConfigureAwait(false);
            found = answer.TopicDescriptions;
        }
        catch (DescribeTopicsException partly)
        {
            found = partly.Results.TopicDescriptions;
        }
        return found.Where(static topic => !topic.Error.IsError).ToDictionary(static topic => topic.Name, static topic => Text(topic.TopicId));
    }

    private static string Text(Uuid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteInt64BigEndian(bytes, id.MostSignificantBits);
        BinaryPrimitives.WriteInt64BigEndian(bytes[8..], id.LeastSignificantBits);
        return Base64Url.EncodeToString(bytes);
    }
}

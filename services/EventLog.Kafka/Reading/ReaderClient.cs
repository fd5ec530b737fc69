using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using Tidemark.EventLog.Kafka.Native;

namespace Tidemark.EventLog.Kafka.Reading;

/// <summary>
/// One consumer of librdkafka that reads any number of partitions, each once and into a queue of its own. A second reader of a partition needs a second client.
/// </summary>
internal sealed unsafe class ReaderClient : IRdOwner, IDisposable
{
    private readonly KafkaLogOptions _options;
    private readonly Action _allBrokersDown;
    private readonly ILogger _logger;
    private readonly GCHandle _self;
    private readonly Dictionary<string, nint> _topics = [];

    internal ReaderClient(KafkaLogOptions options, Action allBrokersDown, ILogger logger)
    {
        (_options, _allBrokersDown, _logger) = (options, allBrokersDown, logger);
        _self = GCHandle.Alloc(this);
        Handle = RdClient.Create(Rd.Consumer, ClientSettings.Reading(options), _self, null);
    }

    internal nint Handle { get; }

    /// <summary>Guarded by <see cref="ReaderClients"/>.</summary>
    internal HashSet<TopicPartition> Partitions { get; } = [];

    /// <summary>It fetches nothing any more. Guarded by <see cref="ReaderClients"/>.</summary>
    internal bool IsAbandoned { get; set; }

    /// <summary>librdkafka's handle of the topic. Guarded by <see cref="ReaderClients"/>.</summary>
    internal nint Topic(string topic)
    {
        if (!_topics.TryGetValue(topic, out var handle))
            _topics.Add(topic, handle = Rd.TopicNew(Handle, _options.TopicPrefix + topic, nint.Zero));
        return handle;
    }

    /// <summary>Serves what the client has to say; records do not come this way.</summary>
    internal void Poll() => _ = Rd.Poll(Handle, 0);

    void IRdOwner.OnLog(int level, string facility, string text) => _logger.Library(level, facility, text);

    void IRdOwner.OnError(int error, string reason)
    {
        if (error == RdError.AllBrokersDown)
            _allBrokersDown();
    }

    public void Dispose()
    {
        foreach (var topic in _topics.Values)
            Rd.TopicDestroy(topic);
        Rd.Destroy(Handle);
        _self.Free();
    }
}

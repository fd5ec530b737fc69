using Microsoft.Extensions.Logging;

namespace Tidemark.EventLog.Kafka.Writing;

/// <summary>
/// Appends of the whole process: refuses what does not fit, hands the rest to the producer, and puts a new producer in place of a broken one.
/// </summary>
internal sealed class Appender
{
    /// <summary>What librdkafka needs for a message besides its bytes.</summary>
    private const int BytesPerRecord = 160;

    private readonly Lock _gate = new();
    private readonly KafkaLogOptions _options;
    private readonly Dictionary<string, Lock[]> _topics;
    private readonly Action _allBrokersDown;
    private readonly EventLogMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Pool<PendingAppend> _appends = new(1024);
    private readonly Action<PendingAppend> _finished;
    private readonly Action<PendingAppend> _giveBack;
    private AppendProducer _producer;
    private long _queuedBytes;
    private bool _closed;

    internal Appender(
        KafkaLogOptions options, IEnumerable<TopicDefinition> topics, Action allBrokersDown, EventLogMetrics metrics, TimeProvider time, ILogger logger)
    {
        (_options, _allBrokersDown, _metrics, _time, _logger) = (options, allBrokersDown, metrics, time, logger);
        _topics = topics.ToDictionary(topic => topic.Name, topic => Enumerable.Range(0, topic.Partitions).Select(_ => new Lock()).ToArray());
        _finished = Finished;
        _giveBack = GiveBack;
        _producer = NewProducer();
    }

    internal long QueuedBytes => Volatile.Read(ref _queuedBytes);

    internal ValueTask AppendAsync(AppendRequest request, CancellationToken cancellation)
    {
        var bytes = request.Bytes + (long)request.Count * BytesPerRecord;
        if (Interlocked.Add(ref _queuedBytes, bytes) > _options.MaxQueuedBytes && bytes < QueuedBytes)
        {
            Interlocked.Add(ref _queuedBytes, -bytes);
            _metrics.Refused("queue_full");
            return ValueTask.FromException(new LogUnavailableException(
                $"{QueuedBytes >> 20} MiB wait for the brokers already, so nothing of this was stored; try again in a moment."));
        }
        if (Enter() is not { } producer)
        {
            Interlocked.Add(ref _queuedBytes, -bytes);
            return ValueTask.FromException(new LogUnavailableException("The log is closing."));
        }
        try
        {
            var append = _appends.TryTake() ?? new PendingAppend(_giveBack);
            append.Begin(request, bytes, _time.GetTimestamp(), _finished, cancellation);
            // Before it is produced: the object is another's as soon as it is settled and awaited.
            var task = append.Task;
            producer.Produce(append, request, _topics[request.Topic]);
            return task;
        }
        finally
        {
            producer.Leave();
        }
    }

    /// <summary>For tests.</summary>
    internal void BreakProducer() => _producer.Break();

    /// <summary>Waits for what is queued, at most <paramref name="patience"/>; what is left then fails.</summary>
    internal void Close(TimeSpan patience)
    {
        AppendProducer producer;
        lock (_gate)
        {
            _closed = true;
            producer = _producer;
        }
        producer.Close(() => QueuedBytes == 0, patience);
    }

    private AppendProducer? Enter()
    {
        while (true)
        {
            var producer = Volatile.Read(ref _producer);
            if (!producer.IsBroken && producer.TryEnter())
                return producer;
            lock (_gate)
            {
                if (_closed)
                    return null;
                if (!ReferenceEquals(producer, _producer))
                    continue;
                _producer = NewProducer();
            }
            // What it still had fails; the clients send it again, to the new one.
            ThreadPool.UnsafeQueueUserWorkItem(static broken => broken.Close(() => true, TimeSpan.Zero), producer, preferLocal: false);
        }
    }

    private AppendProducer NewProducer() => new(_options, _topics.Keys, _allBrokersDown, _logger);

    private void Finished(PendingAppend append)
    {
        Interlocked.Add(ref _queuedBytes, -append.Bytes);
        if (append.Error == 0)
            _metrics.Appended(append.Records, append.Bytes - (long)append.Records * BytesPerRecord, _time.GetElapsedTime(append.Started));
        else
            _metrics.AppendFailed(AppendErrors.Reason(append.Error));
    }

    private void GiveBack(PendingAppend append)
    {
        if (!_appends.TryGiveBack(append))
            append.Free();
    }
}

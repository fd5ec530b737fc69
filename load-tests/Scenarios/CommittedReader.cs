using Confluent.Kafka;
using Tidemark.Contracts;
using Tidemark.Contracts.Events;
using Tidemark.Contracts.Sessions;
using Tidemark.LoadTests.Product;

namespace Tidemark.LoadTests.Scenarios;

/// <summary>
/// Reads the outputs of the sessionizer as any reader of committed data would, by a plain consumer, while they are written, and checks each record. The first that is wrong ends
/// <see cref="RunAsync"/> with its offset.
/// </summary>
internal sealed class CommittedReader(ClusterProduct product, TimeSpan gap)
{
    private static readonly TimeSpan _poll = TimeSpan.FromMilliseconds(200);

    private readonly Lock _lock = new();
    private readonly NettedSessions _sessions = new(gap);
    private readonly HashSet<(string Topic, int Partition, long Offset)> _lateInputs = [];
    private readonly HashSet<long> _lateEvents = [];
    private readonly Dictionary<TopicPartition, long> _last = [];
    private readonly DateTime[] _committedAt = new DateTime[product.Partitions];

    /// <summary>Sessions that are there by all that was read.</summary>
    internal IReadOnlyList<string> SessionLines()
    {
        lock (_lock)
            return _sessions.Lines();
    }

    internal (int Sessions, long Retractions, int Late) Counts()
    {
        lock (_lock)
            return (_sessions.Count, _sessions.Retractions, _lateEvents.Count);
    }

    internal Task RunAsync(CancellationToken stop) => Task.Factory.StartNew(() => Read(stop), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <summary>The time from then until every partition of the live lane has committed again; the limit when one has not.</summary>
    internal async Task<TimeSpan> ProgressAsync(DateTime since, TimeSpan limit, CancellationToken cancellation)
    {
        while (DateTime.UtcNow - since < limit)
        {
            lock (_lock)
            {
                if (Array.TrueForAll(_committedAt, at => at > since))
                    return DateTime.UtcNow - since;
            }
            await Task.Delay(50, cancellation);
        }
        return limit;
    }

    private void Read(CancellationToken stop)
    {
        using var consumer = new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig
        {
            BootstrapServers = product.Broker.Bootstrap,
            GroupId = product.Prefix + "reader-of-committed-data",
            IsolationLevel = IsolationLevel.ReadCommitted,
            // An offset that is not there any more is an alarm, and nothing to be skipped.
            AutoOffsetReset = AutoOffsetReset.Error,
            EnableAutoCommit = false,
        }).SetLogHandler(static (_, _) => { }).SetErrorHandler(static (_, _) => { }).Build();
        consumer.Assign(from topic in (string[])[Topics.Sessions, Topics.Late, Topics.SessionizerState]
                        from partition in Enumerable.Range(0, product.Partitions)
                        select new TopicPartitionOffset(product.Prefix + topic, partition, Offset.Beginning));
        while (!stop.IsCancellationRequested)
        {
            try
            {
                if (consumer.Consume(_poll) is { Message: not null } read && Check(read) is { } wrong)
                    throw new ScenarioFailedException($"{read.TopicPartition} at offset {read.Offset.Value}: {wrong}");
            }
            catch (ConsumeException e) when (!e.Error.IsFatal && e.Error.Code is not (ErrorCode.OffsetOutOfRange or ErrorCode.Local_AutoOffsetReset or ErrorCode.Local_BadMsg))
            {
                // A broker is away.
            }
        }
    }

    private string? Check(ConsumeResult<byte[], byte[]> read)
    {
        lock (_lock)
        {
            if (_last.TryGetValue(read.TopicPartition, out var last) && read.Offset.Value <= last)
                return $"was read behind offset {last}";
            _last[read.TopicPartition] = read.Offset.Value;
            switch (read.Topic[product.Prefix.Length..])
            {
                case Topics.Sessions:
                    return _sessions.Take(read.Message.Value);
                case Topics.Late:
                    return TakeLate(read.Message.Value);
                default:
                    if (SessionizerCommit.Is(read.Message.Value) && read.Message.Key.AsSpan().SequenceEqual("events"u8))
                        _committedAt[read.Partition.Value] = read.Message.Timestamp.UtcDateTime;
                    return null;
            }
        }
    }

    private string? TakeLate(byte[] message)
    {
        if (!LateEvent.Is(message))
            return null;
        var late = LateEvent.Decode(message);
        var topic = System.Text.Encoding.UTF8.GetString(late.InputTopic);
        if (!_lateInputs.Add((topic, late.InputPartition, late.InputOffset)))
            return $"the late event at offset {late.InputOffset} of {topic} {late.InputPartition} went out a second time";
        EventFields.Decode(late.Event, out var fields);
        return _lateEvents.Add(fields.EventId) ? null : $"the late event {(ulong)fields.EventId} went out a second time";
    }
}

using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Tidemark.EventLog.Kafka.Groups;
using Tidemark.EventLog.Kafka.Native;
using Tidemark.EventLog.Kafka.Reading;
using Tidemark.EventLog.Kafka.Retention;
using Tidemark.EventLog.Kafka.Topics;
using Tidemark.EventLog.Kafka.Writing;

namespace Tidemark.EventLog.Kafka;

/// <summary>
/// The log of the cluster edition. Way of a record: <see cref="AppendAsync"/> → <see cref="Appender"/> → <see cref="AppendProducer"/> (librdkafka) → brokers →
/// <see cref="ReaderClient"/> → <see cref="KafkaLogReader"/>. Groups are <see cref="GroupRun"/>, transactions <see cref="TransactionCommit"/>.
/// </summary>
public sealed class KafkaEventLog : IEventLog
{
    private const int IdleRequestsPerTopic = 64;
    private readonly KafkaLogOptions _options;
    private readonly Dictionary<string, TopicDefinition> _topics;
    private readonly Dictionary<string, Pool<AppendRequest>> _requests;
    private readonly EventLogMetrics _metrics;
    private readonly AdminCalls _admin;
    private readonly BrokerWatch _watch;
    private readonly Appender _appender;
    private readonly ReaderClients _clients;
    private readonly PartitionEnds _ends;
    private readonly TopicIdentities _identities;
    private readonly ReadingServices _reading;
    private readonly GroupServices _groups;
    private readonly GroupPositions _positions;
    private readonly Expiry _expiry;
    private readonly PartitionTrim _trim;
    private readonly HashSet<Task> _running = [];
    private readonly CancellationTokenSource _closing = new();
    private readonly Task _background;
    private int _closed;

    private KafkaEventLog(KafkaLogOptions options, IReadOnlyList<TopicDefinition> topics, TimeProvider time, ILogger logger)
    {
        _options = options;
        _topics = topics.ToDictionary(topic => topic.Name);
        _requests = topics.ToDictionary(topic => topic.Name, _ => new Pool<AppendRequest>(IdleRequestsPerTopic));
        _metrics = new EventLogMetrics(() => _appender!.QueuedBytes, () => _watch!.Why is null ? 1 : 0);
        _admin = new AdminCalls(new AdminClientBuilder(ClientSettings.Admin(options))
            .SetLogHandler((_, message) => logger.Library((int)message.Level, message.Facility, message.Message))
            .SetErrorHandler((_, error) => OnError(error))
            .Build());
        _watch = new BrokerWatch(options, topics, _admin, time, logger);
        _identities = new TopicIdentities(options, topics, _admin);
        _appender = new Appender(options, topics, _watch.Suspect, _metrics, time, logger);
        _clients = new ReaderClients(options, _watch.Suspect, logger);
        _ends = new PartitionEnds(options, _admin, _clients, logger);
        _reading = new ReadingServices(
            _clients, _ends, _watch.Checked, topic => options.TopicPrefix + topic, partition => PartitionOffsets.RangeAsync(_admin, options, partition), _metrics, logger);
        var partitions = topics.SelectMany(topic => Enumerable.Range(0, topic.Partitions).Select(partition => new TopicPartition(topic.Name, partition))).ToList();
        _groups = new GroupServices(
            options, _reading.RangeAsync, () => PartitionOffsets.OpenAsync(_admin, options, partitions), Check, _watch.Checked, _metrics, time, logger);
        _positions = new GroupPositions(options, logger);
        _expiry = new Expiry(_admin, options, _reading.RangeAsync, time);
        _trim = new PartitionTrim(_admin, options, _reading.RangeAsync, _metrics, logger);
        _background = Task.WhenAll(Task.Run(() => _watch.RunAsync(_closing.Token)), Task.Run(() => _ends.RunAsync(_closing.Token)));
    }

    /// <summary>
    /// Returns at once, also when no broker is there: <see cref="Checked"/> tells when the topics are. Throws <see cref="LogSettingsException"/> for options that
    /// are wrong by themselves, all mistakes in one message.
    /// </summary>
    public static KafkaEventLog Create(KafkaLogOptions options, IReadOnlyList<TopicDefinition> topics, TimeProvider time, ILogger logger)
    {
        if (options.Mistakes() is { Count: > 0 } mistakes)
            throw new LogSettingsException($"The settings of the log are wrong: {string.Join("; ", mistakes)}.");
        if (topics.Select(TopicSettings.Mistake).FirstOrDefault(static mistake => mistake is not null) is { } wrong)
            throw new LogSettingsException(wrong);
        _ = KafkaLibrary.Version;
        try
        {
            return new KafkaEventLog(options, topics, time, logger);
        }
        catch (InvalidOperationException refused)
        {
            // The library looks at some of them itself, such as what is in the file of certificates.
            throw new LogSettingsException($"The settings of the log are wrong: {refused.Message}.", refused);
        }
    }

    /// <summary>
    /// Completes when the topics are there and as they have to be; fails with <see cref="LogSettingsException"/>, naming topic and setting, when one is not. While no
    /// broker answers it waits.
    /// </summary>
    public Task Checked => _watch.Checked;

    /// <summary>For tests: runs on the commit's thread after outputs and position were sent, before the end of the transaction is asked for.</summary>
    internal Action? BeforeCommit
    {
        set => _groups.BeforeCommit = value;
    }

    /// <summary>For tests: the producer gets a fatal error.</summary>
    internal void BreakProducer() => _appender.BreakProducer();

    /// <summary>For health checks: null when the brokers answer within the time and the topics are right, else why there is no log.</summary>
    public async ValueTask<string?> WhyUnavailableAsync(TimeSpan patience, CancellationToken cancellation) =>
        await _watch.AskNowAsync(patience, cancellation).ConfigureAwait(false);

    public int PartitionCount(string topic) => Find(topic).Partitions;

    public AppendRequest NewAppend(string topic)
    {
        var definition = Find(topic);
        var pool = _requests[topic];
        if (pool.TryTake() is not { } request)
            return new AppendRequest(topic, definition.Partitions, pool.GiveBack);
        request.Lent = true;
        return request;
    }

    public ValueTask AppendAsync(AppendRequest request, CancellationToken cancellation)
    {
        if (cancellation.IsCancellationRequested)
            return ValueTask.FromCanceled(cancellation);
        if (request.Count == 0)
            return ValueTask.CompletedTask;
        if (_watch.Why is { } why)
        {
            _metrics.Refused("unavailable");
            return ValueTask.FromException(new LogUnavailableException($"There is no log now, so nothing of this was stored ({why}); try again in a moment."));
        }
        return _appender.AppendAsync(request, cancellation);
    }

    public async ValueTask<LogRange> RangeAsync(TopicPartition partition, CancellationToken cancellation)
    {
        Check(partition);
        await CheckedAsync(cancellation).ConfigureAwait(false);
        return await _reading.RangeAsync(partition).WaitAsync(cancellation).ConfigureAwait(false);
    }

    public async ValueTask<long> TrimAsync(TopicPartition partition, long before, CancellationToken cancellation)
    {
        Check(partition);
        if (!Find(partition.Topic).MayBeTrimmed)
            throw new ArgumentException($"The topic {partition.Topic} is compacted only, so the newest record of each key has to stay.", nameof(partition));
        await CheckedAsync(cancellation).ConfigureAwait(false);
        return await _trim.RunAsync(partition, before).WaitAsync(cancellation).ConfigureAwait(false);
    }

    public async ValueTask<long> ExpiredAsync(TopicPartition partition, CancellationToken cancellation)
    {
        Check(partition);
        await CheckedAsync(cancellation).ConfigureAwait(false);
        return await _expiry.FirstKeptAsync(Find(partition.Topic), partition).WaitAsync(cancellation).ConfigureAwait(false);
    }

    public async ValueTask<long?> PositionAsync(string group, TopicPartition partition, CancellationToken cancellation)
    {
        Check(partition);
        await CheckedAsync(cancellation).ConfigureAwait(false);
        return await _positions.AskAsync(group, partition).WaitAsync(cancellation).ConfigureAwait(false);
    }

    public async ValueTask<string> IdentityAsync(string topic, CancellationToken cancellation)
    {
        Find(topic);
        await CheckedAsync(cancellation).ConfigureAwait(false);
        return await _identities.AskAsync(topic, cancellation).ConfigureAwait(false);
    }

    public ILogReader OpenReader(TopicPartition partition, long offset)
    {
        Check(partition);
        var reader = new KafkaLogReader(_reading, partition, offset);
        _clients.Add(reader);
        return reader;
    }

    public Task RunGroupAsync(
        string group, IReadOnlyList<string> topics, Func<IPartitionOwnership, CancellationToken, Task> process, CancellationToken cancellation) =>
        RunAsync(group, topics, transactional: true, process, cancellation);

    public Task RunPositionGroupAsync(
        string group, IReadOnlyList<string> topics, Func<IPartitionOwnership, CancellationToken, Task> process, CancellationToken cancellation) =>
        RunAsync(group, topics, transactional: false, process, cancellation);

    public IReadOnlyCollection<TopicPartition>? Assignment(string group) => _groups.Assignments.Of(group);

    /// <summary>Ends groups, waits for what is unacknowledged, and closes the clients; readers throw <see cref="ObjectDisposedException"/> from now on.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _closed, 1) != 0)
            return;
        await _closing.CancelAsync().ConfigureAwait(false);
        Task[] running;
        lock (_running)
            running = [.. _running];
        await Task.WhenAny(Task.WhenAll(running), Task.Delay(_options.CloseTimeout + TimeSpan.FromSeconds(5))).ConfigureAwait(false);
        await _background.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        var admin = Task.Run(_admin.Dispose);
        await Task.Run(() =>
        {
            _appender.Close(_options.CloseTimeout);
            _clients.Dispose();
        }).ConfigureAwait(false);
        // Its last question blocks for some seconds when no broker answers, and must not be cut short.
        await (await Task.WhenAny(admin, Task.Delay(_options.CloseTimeout)).ConfigureAwait(false)).ConfigureAwait(false);
        _watch.Dispose();
        _ends.Dispose();
        _metrics.Dispose();
        _closing.Dispose();
    }

    private async Task RunAsync(
        string group, IReadOnlyList<string> topics, bool transactional, Func<IPartitionOwnership, CancellationToken, Task> process, CancellationToken cancellation)
    {
        foreach (var topic in topics)
            Find(topic);
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellation, _closing.Token);
        var run = new GroupRun(_groups, group, topics, transactional, process).RunAsync(stopping.Token);
        lock (_running)
            _running.Add(run);
        try
        {
            await run.ConfigureAwait(false);
        }
        finally
        {
            lock (_running)
                _running.Remove(run);
        }
    }

    private async ValueTask CheckedAsync(CancellationToken cancellation)
    {
        if (_watch.Checked.IsCompletedSuccessfully)
            return;
        try
        {
            await _watch.Checked.WaitAsync(TimeSpan.FromSeconds(5), cancellation).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            throw new LogUnavailableException($"There is no log yet ({_watch.Why}); try again.");
        }
    }

    private void OnError(Error error)
    {
        if (error.Code == ErrorCode.Local_AllBrokersDown)
            _watch.Suspect();
    }

    private TopicDefinition Find(string topic) => _topics.TryGetValue(topic, out var definition)
        ? definition
        : throw new ArgumentException($"The topic {topic} was not defined when the log was opened.", nameof(topic));

    private void Check(TopicPartition partition)
    {
        var definition = Find(partition.Topic);
        if ((uint)partition.Partition >= (uint)definition.Partitions)
            throw new ArgumentException($"The topic {partition.Topic} has {definition.Partitions} partitions; there is no {partition.Partition}.", nameof(partition));
    }
}

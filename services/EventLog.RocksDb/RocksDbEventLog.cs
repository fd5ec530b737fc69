using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Tidemark.EventLog.RocksDb.Disk;
using Tidemark.EventLog.RocksDb.Groups;
using Tidemark.EventLog.RocksDb.Reading;
using Tidemark.EventLog.RocksDb.Retention;
using Tidemark.EventLog.RocksDb.Start;
using Tidemark.EventLog.RocksDb.Storage;
using Tidemark.EventLog.RocksDb.Writing;

namespace Tidemark.EventLog.RocksDb;

/// <summary>
/// The log of the local edition, in one folder and one process. Way of a record: <see cref="AppendAsync"/> → <see cref="WriteQueue"/> →
/// <see cref="CommitThread"/> → <see cref="Commit"/> (batches) → RocksDB (synced) → <see cref="TailCache"/> → <see cref="LogReader"/>.
/// </summary>
public sealed class RocksDbEventLog : IEventLog
{
    private const int IdleRequestsPerTopic = 64;
    private readonly RocksDbLogOptions _options;
    private readonly ILogger _logger;
    private readonly LogStore _store;
    private readonly PartitionTable _partitions;
    private readonly WriteQueue _queue;
    private readonly CommitThread _commits;
    private readonly GroupCoordinator _groups;
    private readonly EventLogMetrics _metrics;
    private readonly Dictionary<string, Pool<AppendRequest>> _requests;
    private readonly Pool<PendingAppend> _appends = new(1024);
    private readonly DiskWatch _disk;
    private readonly Expiry _expiry;
    private readonly PartitionTrim _trim;
    private readonly RetentionCheck _retention;
    private readonly CancellationTokenSource _closing = new();
    private Task _background = Task.CompletedTask;
    private int _closed;

    private RocksDbEventLog(RocksDbLogOptions options, LogStore store, PartitionTable partitions, TimeProvider time, ILogger logger)
    {
        _options = options;
        _logger = logger;
        _store = store;
        _partitions = partitions;
        _queue = new WriteQueue(options.MaxQueuedBytes);
        _disk = new DiskWatch(store.Directory, options, time, logger);
        _metrics = new EventLogMetrics(() => _queue.Bytes, () => _disk.Free is { } free ? [new Measurement<long>(free)] : [], () => Offsets(partition => partition.Start), () => Offsets(partition => partition.End));
        _commits = new CommitThread(store, _queue, options, partitions.All.Count, time, _metrics, logger);
        _groups = new GroupCoordinator(partitions, Enqueue, logger);
        _expiry = new Expiry(store, time);
        _trim = new PartitionTrim(store, Enqueue, _metrics, logger);
        _retention = new RetentionCheck(partitions, _expiry, _trim, options.RetentionInterval, time, logger);
        _requests = partitions.Topics.ToDictionary(topic => topic, _ => new Pool<AppendRequest>(IdleRequestsPerTopic));
    }

    /// <summary>
    /// Opens the folder, and makes it when it is not there. Throws <see cref="LogInUseException"/>, <see cref="LogSettingsException"/>,
    /// <see cref="LogCorruptException"/>, <see cref="LogFullException"/> or <see cref="LogUnavailableException"/>; each message says what to do.
    /// </summary>
    public static RocksDbEventLog Open(RocksDbLogOptions options, IReadOnlyList<TopicDefinition> topics, TimeProvider time, ILogger logger)
    {
        if (options.Mistakes() is { } mistakes)
            throw new LogSettingsException($"The settings of the log are wrong: {mistakes}.");
        var begun = Stopwatch.GetTimestamp();
        var store = LogOpening.OpenStore(options);
        try
        {
            var partitions = LogOpening.OpenTopics(store, options, topics);
            var verification = new Verification(store, partitions, options, logger);
            verification.RunAtStart();
            var log = new RocksDbEventLog(options, store, partitions, time, logger);
            log.RestoreGroups();
            log._commits.Start();
            log._background = log.RunInBackground(verification);
            logger.Opened(
                store.Directory, partitions.All.Count, partitions.All.Sum(partition => partition.End - partition.Start), verification.Bytes,
                (long)Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
            return log;
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }

    public int PartitionCount(string topic) => _partitions.Topic(topic).Length;

    public AppendRequest NewAppend(string topic)
    {
        var partitions = _partitions.Topic(topic);
        var pool = _requests[topic];
        if (pool.TryTake() is not { } request)
            return new AppendRequest(topic, partitions.Length, pool.GiveBack);
        request.Lent = true;
        return request;
    }

    public ValueTask AppendAsync(AppendRequest request, CancellationToken cancellation)
    {
        if (cancellation.IsCancellationRequested)
            return ValueTask.FromCanceled(cancellation);
        if (request.Count == 0)
            return ValueTask.CompletedTask;
        if (_disk.Refuses)
        {
            _metrics.Refused("disk_full");
            return ValueTask.FromException(_disk.Refusal());
        }
        var append = _appends.TryTake() ?? new PendingAppend(_appends.GiveBack);
        append.Begin(request, _partitions.Topic(request.Topic), request.Bytes, cancellation);
        return Enqueue(append);
    }

    public ValueTask<LogRange> RangeAsync(TopicPartition partition, CancellationToken cancellation) => new(_partitions.Find(partition).Range);

    public async ValueTask<long> TrimAsync(TopicPartition partition, long before, CancellationToken cancellation)
    {
        var found = _partitions.Find(partition);
        if (!found.Definition.MayBeTrimmed)
            throw new ArgumentException($"The topic {partition.Topic} is compacted only, so the newest record of each key has to stay.", nameof(partition));
        cancellation.ThrowIfCancellationRequested();
        return await _trim.RunAsync(found, before, cancellation).ConfigureAwait(false);
    }

    public async ValueTask<long> ExpiredAsync(TopicPartition partition, CancellationToken cancellation)
    {
        var found = _partitions.Find(partition);
        // Some sixty reads of the disk.
        return await Task.Run(() => _expiry.FirstKept(found), cancellation).ConfigureAwait(false);
    }

    public ValueTask<long?> PositionAsync(string group, TopicPartition partition, CancellationToken cancellation) =>
        new(_groups.PositionOf(group, _partitions.Find(partition)));

    public ValueTask<string> IdentityAsync(string topic, CancellationToken cancellation)
    {
        _partitions.Topic(topic);
        return new ValueTask<string>(_partitions.Identity);
    }

    public ILogReader OpenReader(TopicPartition partition, long offset) =>
        new LogReader(_store, _partitions.Find(partition), offset, _options.ReadChunkBytes);

    public Task RunGroupAsync(
        string group, IReadOnlyList<string> topics, Func<IPartitionOwnership, CancellationToken, Task> process, CancellationToken cancellation) =>
        _groups.RunAsync(group, topics, process, cancellation);

    public IReadOnlyCollection<TopicPartition>? Assignment(string group) => _groups.AssignmentOf(group);

    /// <summary>Ends groups, commits what is queued, wakes readers (they throw <see cref="ObjectDisposedException"/>), and closes the store.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _closed, 1) != 0)
            return;
        await _closing.CancelAsync().ConfigureAwait(false);
        await _groups.CloseAsync(_options.CloseTimeout).ConfigureAwait(false);
        var stopped = await Task.Run(() => _commits.TryStop(_options.CloseTimeout)).ConfigureAwait(false);
        await _background.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var partition in _partitions.All)
            partition.Data.Close();
        if (stopped)
        {
            _commits.Dispose();
            await Task.Run(_store.Dispose).ConfigureAwait(false);
        }
        else
        {
            _logger.DiskHangs(_store.Directory, _options.CloseTimeout.TotalSeconds);
        }
        foreach (var partition in _partitions.All)
            partition.Tail.Clear();
        _groups.Dispose();
        _metrics.Dispose();
        _closing.Dispose();
    }

    /// <summary>Removes now what age and size no longer keep, without waiting for the periodic check.</summary>
    public Task RunRetentionAsync(CancellationToken cancellation) => _retention.RunAsync(cancellation);

    /// <summary>For tests: asks now how much room the disk has.</summary>
    internal void LookAtDisk() => _disk.Look();

    private ValueTask Enqueue(PendingWrite write)
    {
        var task = write.Task;
        switch (_queue.TryAdd(write))
        {
            case WriteQueue.Answer.Full:
                _metrics.Refused("queue_full");
                write.Fail(new LogUnavailableException($"{_queue.Bytes} bytes wait for the disk already; try again in a moment."));
                break;
            case WriteQueue.Answer.Closed:
                write.Fail(new LogUnavailableException("The log is closing."));
                break;
        }
        return task;
    }

    private Task RunInBackground(Verification verification)
    {
        var closing = _closing.Token;
        List<Task> loops = [Run(verification.RunInBackgroundAsync), Run(_disk.RunAsync)];
        if (_options.RetentionInterval > TimeSpan.Zero)
            loops.Add(Run(_retention.RunPeriodicallyAsync));
        return Task.WhenAll(loops);

        Task Run(Func<CancellationToken, Task> loop) => Task.Run(() => loop(closing), CancellationToken.None);
    }

    private void RestoreGroups()
    {
        foreach (var (group, id, position) in new CatalogReader(_store).Groups())
        {
            if (_partitions.TryFind(id) is not { } partition)
                continue;
            if (position > partition.End)
                throw StoreErrors.AtRead(id, partition.End, $"group {group} has processed up to {position}, so the end of the log was lost");
            _groups.Restore(group, partition, position);
        }
    }

    private IEnumerable<Measurement<long>> Offsets(Func<Partition, long> offset) => _partitions.All.Select(partition => new Measurement<long>(
        offset(partition),
        new KeyValuePair<string, object?>("topic", partition.Id.Topic),
        new KeyValuePair<string, object?>("partition", partition.Id.Partition)));
}

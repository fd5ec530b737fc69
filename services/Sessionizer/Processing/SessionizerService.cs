using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Tidemark.Contracts;
using Tidemark.EventLog;
using Tidemark.ServiceDefaults.Partitions;
using Tidemark.Sessionizer.Retention;
using Tidemark.Sessionizer.Snapshots;

namespace Tidemark.Sessionizer.Processing;

/// <summary>
/// Turns events into sessions, exactly once. One worker per owned partition of the two lanes, in this order: rebuild the state from the log, then
/// read, judge and apply (<see cref="Sessions.PartitionRules"/>), commit an interval with its outputs, record and position.
/// </summary>
internal sealed class SessionizerService(
    IEventLog log, SessionizerOptions options, TimeProvider time, Random jitter, SessionizerMetrics metrics, SessionizerStatus status, ILogger<SessionizerService> logger)
    : BackgroundService
{
    public const string Group = Groups.Sessionizer;

    /// <summary>So many partitions are brought back at once as there are processors: more are no faster, and each holds the bytes of its snapshots meanwhile.</summary>
    private readonly SemaphoreSlim _recoveries = new(Environment.ProcessorCount);

    /// <summary>Runs until cancelled; usable without a host.</summary>
    public Task RunAsync(CancellationToken cancellation) =>
        log.RunGroupAsync(Group, [Topics.Events, Topics.History], ProcessAsync, cancellation);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await RunAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    private async Task ProcessAsync(IPartitionOwnership ownership, CancellationToken stop)
    {
        // Off the group's thread: a rebuild may take seconds.
        await Task.Yield();
        var partition = status.Enter(ownership.Partition);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var requests = new SnapshotRequests();
        var trim = new LogTrim(log, ownership.Partition, requests, SettledPosition.Default, time, logger).RunAsync(ended.Token);
        try
        {
            var worker = new PartitionWorker(log, ownership, options, time, requests, _recoveries, metrics, partition, logger);
            await new PartitionRunner(log, ownership, worker, partition, PartitionRunner.Pauses(jitter), time).RunAsync(stop);
        }
        finally
        {
            await ended.CancelAsync();
            await trim;
            status.Leave(ownership.Partition);
        }
    }
}

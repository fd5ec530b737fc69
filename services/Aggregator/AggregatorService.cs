using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Tidemark.Aggregator.Http;
using Tidemark.Aggregator.Loading;
using Tidemark.Aggregator.Migrations;
using Tidemark.Aggregator.Plans;
using Tidemark.Aggregator.Retention;
using Tidemark.Aggregator.Undo;
using Tidemark.Aggregator.Verification;
using Tidemark.Contracts;
using Tidemark.EventLog;
using Tidemark.Resilience;
using Tidemark.ServiceDefaults.Partitions;

namespace Tidemark.Aggregator;

/// <summary>
/// Topics to tables. Waits for ClickHouse, brings its schema up, then runs one loader per topic partition that the group gives it:
/// <see cref="PartitionLoader"/>, for open sessions <see cref="LiveLoader"/>.
/// </summary>
/// <param name="jitter">Of pauses, so that several aggregators do not ask at once; used by several threads.</param>
public sealed class AggregatorService(
    AggregatorOptions options, IEventLog log, AggregatorMetrics metrics, AggregatorHealth health, TimeProvider time, Random jitter, ILogger<AggregatorService> logger) : BackgroundService
{
    public const string Group = Groups.Aggregator;

    private static readonly string[] _loadedTopics = [Topics.Events, Topics.History, Topics.Sessions, Topics.LiveSessions, Topics.Late, Topics.Rejected];

    /// <summary>Of one that is still on its way up: a question costs it nothing.</summary>
    private static readonly Backoff _reaching = new(TimeSpan.FromMilliseconds(200), TimeSpan.FromMilliseconds(200));

    /// <summary>An attempt sends a batch again, so the first one is not made at once.</summary>
    private readonly Backoff _backoff = PartitionRunner.Pauses(jitter) with { First = TimeSpan.FromSeconds(1) };

    private readonly LoadStatus _status = new(time, log);

    /// <summary>What stands between the loader and the network: faults, in tests.</summary>
    internal Func<HttpMessageHandler, HttpMessageHandler> Network { get; init; } = static handler => handler;

    /// <summary>Offset after the last record of a partition that this process knows to be in the tables; 0 while it knows nothing of it, or another process has it.</summary>
    public long LoadedTo(TopicPartition partition) => _status.All.FirstOrDefault(owned => owned.Key == partition).Value?.Reached ?? 0;

    /// <summary>Why partitions are not loaded, each reason once; empty while all are.</summary>
    public IReadOnlyList<string> StoppedReasons => _status.Reasons();

    /// <summary>Runs until cancelled; the form for use without a host.</summary>
    public Task RunAsync(CancellationToken cancellation) => ExecuteAsync(cancellation);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        using var client = new ClickHouseClient(options, Network);
        try
        {
            var link = new EngineLink(options, metrics, time, jitter, logger);
            await ReachAsync(client, stoppingToken);
            if (!await MigrateAsync(client, link, stoppingToken))
                return;
            var owner = $"{Environment.ProcessId}-{Guid.NewGuid():N}";
            using var blocks = new BlockPool(options.ParallelInserts);
            using var gate = new LoadGate();
            var plans = new LoadPlanLog(client, link, owner, time);
            var verifier = new BatchVerifier(client, link, plans, metrics, time, jitter, logger);
            var sender = new BlockSender(client, link, plans, verifier, gate, new ImportLedger(client), new ImportRemoval(client, link, verifier, time, logger), metrics, time);
            var services = new LoaderServices(options, log, plans, sender, blocks, metrics, time, logger);
            metrics.Observe(_status);
            health.Started(() => link.Away, _status);
            await log.RunPositionGroupAsync(Group, _loadedTopics, (ownership, lost) => LoadAsync(services, ownership, lost), stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }

    private async Task ReachAsync(ClickHouseClient client, CancellationToken cancellation)
    {
        var told = false;
        var asking = RetryForever.Pipeline(_reaching, time, static failed => failed is ClickHouseException { Transient: true }, failed =>
        {
            if (!told)
                logger.WaitingForClickHouse(options.ClickHouseUrl, failed.Message);
            told = true;
        });
        try
        {
            await asking.ExecuteAsync(async ct => await client.QueryServerAsync("SELECT 1", ct), cancellation);
        }
        catch (ClickHouseException)
        {
            // It answers; what it has against the user, the migrator will hear too.
        }
    }

    /// <summary>False when only another version of the program could go on.</summary>
    private async Task<bool> MigrateAsync(ClickHouseClient client, EngineLink link, CancellationToken cancellation)
    {
        var migrator = new Migrator(client, link, options.Database, SqlFile.Migrations(), SqlFile.Comments(), SqlFile.Analytics(), logger);
        var told = "";
        var migrating = RetryForever.Pipeline(_backoff, time, static failed => failed is ClickHouseException or MigrationException { Final: false }, failed =>
        {
            if (failed.Message != told)
                logger.StartRefused(options.ClickHouseUrl, _backoff.Longest.TotalSeconds, failed.Message);
            told = failed.Message;
            health.Waiting($"cannot start yet and keeps trying: {failed.Message}");
        });
        try
        {
            await migrating.ExecuteAsync(async ct => await migrator.RunAsync(ct), cancellation);
            return true;
        }
        catch (MigrationException e)
        {
            logger.CannotStart(e.Message);
            health.Waiting($"cannot start: {e.Message}");
            return false;
        }
    }

    private async Task LoadAsync(LoaderServices services, IPartitionOwnership ownership, CancellationToken lost)
    {
        var status = _status.Enter(ownership.Partition);
        using var abort = new CancellationTokenSource();
        using var registration = lost.Register(() => abort.CancelAfter(options.StopTimeout));
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(lost);
        var trim = LoadedTrim.Trims(ownership.Partition.Topic)
            ? new LoadedTrim(log, ownership.Partition, SettledPosition.Default, time, logger).RunAsync(ended.Token)
            : Task.CompletedTask;
        try
        {
            var worker = new LoadWorker(services, _status, ownership, status, _backoff, abort.Token);
            await new PartitionRunner(log, ownership, worker, status, _backoff, time).RunAsync(lost);
        }
        finally
        {
            await ended.CancelAsync();
            await trim;
            _status.Leave(ownership.Partition);
        }
    }
}

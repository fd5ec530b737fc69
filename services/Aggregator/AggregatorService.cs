using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Tidemark.Aggregator.Http;
using Tidemark.Aggregator.Loading;
using Tidemark.Aggregator.Migrations;
using Tidemark.Aggregator.Plans;
using Tidemark.Aggregator.Undo;
using Tidemark.Aggregator.Verification;
using Tidemark.Contracts;
using Tidemark.EventLog;

namespace Tidemark.Aggregator;

/// <summary>
/// Topics to tables. Waits for ClickHouse, brings its schema up, then runs one loader per topic partition that the group gives it:
/// <see cref="PartitionLoader"/>, for open sessions <see cref="LiveLoader"/>.
/// </summary>
public sealed class AggregatorService(
    AggregatorOptions options, IEventLog log, AggregatorMetrics metrics, AggregatorHealth health, TimeProvider time, ILogger<AggregatorService> logger) : BackgroundService
{
    public const string Group = "aggregator";

    private static readonly string[] _loadedTopics = [Topics.Events, Topics.History, Topics.Sessions, Topics.LiveSessions, Topics.Late, Topics.Rejected];
    private static readonly TimeSpan _firstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _longestPause = TimeSpan.FromSeconds(10);

    private readonly LoadStatus _status = new(time, log);

    /// <summary>What stands between the loader and the network: faults, in tests.</summary>
    internal Func<HttpMessageHandler, HttpMessageHandler> Network { get; init; } = static handler => handler;

    /// <summary>Of pauses, so that several aggregators do not ask at once; used by several threads.</summary>
    internal Random Jitter { get; init; } = Random.Shared;

    /// <summary>Runs until cancelled; the form for use without a host.</summary>
    public Task RunAsync(CancellationToken cancellation) => ExecuteAsync(cancellation);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        using var client = new ClickHouseClient(options, Network);
        try
        {
            var link = new EngineLink(options, metrics, time, Jitter, logger);
            await ReachAsync(client, stoppingToken);
            if (!await MigrateAsync(client, link, stoppingToken))
                return;
            var owner = $"{Environment.ProcessId}-{Guid.NewGuid():N}";
            using var blocks = new BlockPool(options.ParallelInserts);
            using var gate = new LoadGate();
            var verifier = new BatchVerifier(client, link, metrics, time, Jitter, logger);
            var sender = new BlockSender(client, link, verifier, gate, new ImportLedger(client), new ImportRemoval(client, link, verifier, time, logger), metrics, time);
            var services = new LoaderServices(options, log, new LoadPlanLog(client, link, owner, time), sender, blocks, metrics, time, logger);
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
        for (var told = false; ; await Task.Delay(TimeSpan.FromMilliseconds(200), time, cancellation))
        {
            try
            {
                await client.QueryServerAsync("SELECT 1", cancellation);
                return;
            }
            catch (ClickHouseException e) when (e.Transient)
            {
                if (!told)
                    logger.WaitingForClickHouse(options.ClickHouseUrl, e.Message);
                told = true;
            }
            catch (ClickHouseException)
            {
                // It answers; what it has against the user, the migrator will hear too.
                return;
            }
        }
    }

    /// <summary>False when only another version of the program could go on.</summary>
    private async Task<bool> MigrateAsync(ClickHouseClient client, EngineLink link, CancellationToken cancellation)
    {
        var migrator = new Migrator(client, link, options.Database, SqlFile.Migrations(), SqlFile.Comments(), SqlFile.Analytics(), logger);
        var told = "";
        for (var pause = _firstPause; ; pause = Longer(pause))
        {
            try
            {
                await migrator.RunAsync(cancellation);
                return true;
            }
            catch (MigrationException e) when (e.Final)
            {
                logger.CannotStart(e.Message);
                health.Waiting($"cannot start: {e.Message}");
                return false;
            }
            catch (Exception e) when (e is ClickHouseException or MigrationException)
            {
                if (e.Message != told)
                    logger.StartRefused(options.ClickHouseUrl, _longestPause.TotalSeconds, e.Message);
                told = e.Message;
                health.Waiting($"cannot start yet and keeps trying: {e.Message}");
            }
            await Task.Delay(Jittered(pause), time, cancellation);
        }
    }

    // The doors run in the same process in the local edition, so a partition that cannot be loaded never ends it. Nothing ends loading for good either: whatever stands in its
    // way may be mended at any time.
    private async Task LoadAsync(LoaderServices services, IPartitionOwnership ownership, CancellationToken lost)
    {
        var status = _status.Enter(ownership.Partition);
        using var abort = new CancellationTokenSource();
        using var registration = lost.Register(() => abort.CancelAfter(options.StopTimeout));
        try
        {
            await LoadUntilLostAsync(services, ownership, status, lost, abort.Token);
        }
        finally
        {
            _status.Leave(ownership.Partition, status);
        }
    }

    private async Task LoadUntilLostAsync(LoaderServices services, IPartitionOwnership ownership, PartitionLoad status, CancellationToken lost, CancellationToken abort)
    {
        var partition = ownership.Partition.ToString();
        var (pause, before) = (_firstPause, 0L);
        while (!lost.IsCancellationRequested)
        {
            try
            {
                await LoadOnceAsync(services, ownership, status, lost, abort);
            }
            catch (OperationCanceledException) when (lost.IsCancellationRequested)
            {
                return;
            }
            catch (ClickHouseException e)
            {
                if (_status.Stop(status, e.Message))
                    logger.LoadingRefused(partition, status.Position, _longestPause.TotalSeconds, e.Message);
            }
            catch (TopicMadeAnewException e)
            {
                if (_status.Stop(status, e.Message))
                    logger.TopicMadeAnew(partition, e.Message);
            }
            catch (LogOffsetOutOfRangeException e)
            {
                if (_status.Stop(status, e.Message))
                    logger.NotInTheLog(partition, status.Position, e.Message);
            }
            catch (LogFencedException)
            {
                // A member that slept, or whose group moved on under it: the tables have the batch, and whoever owns the partition sends it once more under its token.
                logger.Fenced(partition);
            }
            catch (LogUnavailableException away)
            {
                logger.LogAway(partition, away.Message, Next().TotalSeconds);
            }
            catch (Exception e)
            {
                logger.PartitionFailed(e, partition, Next().TotalSeconds);
            }
            pause = Next();
            before = status.Position;
            await MeasureAsync(ownership, status, lost);
            await PauseAsync(Jittered(pause), lost);
            pause = Longer(pause);
        }

        // Longer each time, but after an attempt that got anywhere.
        TimeSpan Next() => status.Position > before ? _firstPause : pause;
    }

    /// <summary>What waits meanwhile; nobody reads the partition.</summary>
    private async Task MeasureAsync(IPartitionOwnership ownership, PartitionLoad status, CancellationToken lost)
    {
        try
        {
            var range = await log.RangeAsync(ownership.Partition, lost);
            status.Waits(range.End - Math.Max(range.Start, status.Position > 0 ? status.Position : ownership.Position));
        }
        catch (Exception e) when (e is LogException or OperationCanceledException)
        {
            // Nobody knows then; what was measured last stays, and its age grows.
            status.Oldest.Some();
        }
    }

    private static TimeSpan Longer(TimeSpan pause) => pause * 2 < _longestPause ? pause * 2 : _longestPause;

    /// <summary>Partitions that fail together do not ask together again.</summary>
    private TimeSpan Jittered(TimeSpan pause) => pause * (0.75 + Jitter.NextDouble() / 2);

    private Task PauseAsync(TimeSpan pause, CancellationToken lost) => Task.Delay(pause, time, lost).ContinueWith(static _ => { }, TaskScheduler.Default);

    private static async Task LoadOnceAsync(LoaderServices services, IPartitionOwnership ownership, PartitionLoad status, CancellationToken stop, CancellationToken abort)
    {
        if (ownership.Partition.Topic == Topics.LiveSessions)
        {
            await new LiveLoader(services, ownership, status).RunAsync(stop, abort);
        }
        using var loader = new PartitionLoader(services, ownership, status);
        await loader.RunAsync(stop, abort);
    }
}

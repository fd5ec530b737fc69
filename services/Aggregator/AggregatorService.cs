using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Tidemark.Aggregator.Http;
using Tidemark.Aggregator.Loading;
using Tidemark.Aggregator.Migrations;
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
    AggregatorOptions options, IEventLog log, AggregatorMetrics metrics, LoaderHealth health, TimeProvider time, ILogger<AggregatorService> logger) : BackgroundService
{
    public const string Group = "aggregator";

    private static readonly string[] _loadedTopics = [Topics.Events, Topics.History, Topics.Sessions, Topics.LiveSessions, Topics.Late, Topics.Rejected];
    private static readonly TimeSpan _firstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _longestPause = TimeSpan.FromSeconds(10);

    private readonly LoadStatus _status = new(time);

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
            health.Started(() => link.Away);
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

    private async Task<bool> MigrateAsync(ClickHouseClient client, EngineLink link, CancellationToken cancellation)
    {
        try
        {
            await new Migrator(client, link, options.Database, SqlFile.Migrations(), SqlFile.Analytics(), logger).RunAsync(cancellation);
            return true;
        }
        catch (Exception e) when (e is ClickHouseException or MigrationException)
        {
            logger.CannotStart(e.Message);
            health.Waiting($"cannot start: {e.Message}");
            return false;
        }
    }

    // The doors run in the same process in the local edition, so a partition that cannot be loaded never ends it.
    private async Task LoadAsync(LoaderServices services, IPartitionOwnership ownership, CancellationToken lost)
    {
        var status = _status.Enter(ownership.Partition);
        using var abort = new CancellationTokenSource();
        using var registration = lost.Register(() => abort.CancelAfter(options.StopTimeout));
        var (pause, before) = (_firstPause, 0L);
        while (!lost.IsCancellationRequested)
        {
            var partition = ownership.Partition.ToString();
            try
            {
                await LoadOnceAsync(services, ownership, status, lost, abort.Token);
            }
            catch (OperationCanceledException) when (lost.IsCancellationRequested)
            {
                return;
            }
            catch (ClickHouseException e)
            {
                logger.PartitionStopped(partition, status.Position, e.Message);
                status.Stopped = true;
                health.Stopped(partition, e.Message);
                return;
            }
            catch (LogOffsetOutOfRangeException e) when (e.Range.End < e.Offset)
            {
                status.Stopped = true;
                health.Stopped(partition, $"the log ends at {e.Range.End}, but it was loaded up to {e.Offset}");
                logger.LogShorterThanLoaded(partition, e.Range.End, e.Offset);
                return;
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
            finally
            {
                if (lost.IsCancellationRequested)
                    _status.Leave(ownership.Partition);
            }
            pause = Next();
            before = status.Position;
            await PauseAsync(pause, lost);
            pause = pause * 2 < _longestPause ? pause * 2 : _longestPause;
        }

        // Longer each time, but after an attempt that got anywhere.
        TimeSpan Next() => status.Position > before ? _firstPause : pause;
    }

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

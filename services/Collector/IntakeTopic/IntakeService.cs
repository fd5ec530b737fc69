using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Tidemark.Collector.Intake;
using Tidemark.Collector.Keys;
using Tidemark.Contracts;
using Tidemark.EventLog;
using Tidemark.ServiceDefaults.Partitions;

namespace Tidemark.Collector.IntakeTopic;

/// <summary>
/// The door for producers that speak Kafka: topic <c>events.intake</c>, through the checks of the HTTP doors, exactly once into <c>events</c> and <c>events.rejected</c>.
/// All collectors share its partitions; each partition has a runner and a worker of its own.
/// </summary>
internal sealed class IntakeService(
    IEventLog log, CollectorOptions options, TimeProvider time, Random jitter, WriteKeys keys, BatchReaders readers, RejectedAllowance allowance, CollectorMetrics metrics,
    IntakeStatus status, ILogger<IntakeService> logger) : BackgroundService
{
    internal const string Group = "intake";

    /// <summary>Runs until cancelled; usable without a host.</summary>
    internal Task RunAsync(CancellationToken cancellation) => log.RunGroupAsync(Group, [Topics.Intake], ProcessAsync, cancellation);

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
        // Off the group's thread.
        await Task.Yield();
        var judge = new MessageJudge(options, readers, new MessageProjects(options, keys), ownership.Partition, time, logger);
        var partition = status.Enter(ownership.Partition);
        try
        {
            var worker = new IntakeWorker(log, ownership, options, judge, allowance, time, metrics, partition, logger);
            await new PartitionRunner(log, ownership, worker, partition, PartitionRunner.Pauses(jitter), time).RunAsync(stop);
        }
        finally
        {
            status.Leave(ownership.Partition);
        }
    }
}

using Microsoft.Extensions.Hosting;
using Tidemark.EventLog.Kafka;

namespace Tidemark.Cluster;

/// <summary>Fails with the reason when the topics of the log have other settings than the configuration; services that only append would not learn of it otherwise.</summary>
internal sealed class TopicCheck(KafkaEventLog log) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await log.Checked.WaitAsync(stoppingToken);
        await Task.Delay(Timeout.Infinite, stoppingToken);
    }
}

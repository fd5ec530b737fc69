using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Tidemark.Contracts;
using Tidemark.EventLog;
using Tidemark.EventLog.Kafka;
using Tidemark.EventLog.RocksDb;
using Tidemark.ServiceDefaults;

namespace Tidemark.Collector.Host;

/// <summary>The log, and the intake door over it.</summary>
internal static class HostLog
{
    internal const int Partitions = 3;

    internal static async Task<IEventLog> OpenAsync(string place, string? name)
    {
        if (!place.StartsWith("kafka:", StringComparison.Ordinal))
            return RocksDbEventLog.Open(new RocksDbLogOptions { Directory = place }, PipelineTopics.Definitions(Partitions, intakeRetention: TimeSpan.FromDays(7)), TimeProvider.System, NullLogger.Instance);
        var parts = place["kafka:".Length..].Split('/');
        var log = KafkaEventLog.Create(
            new KafkaLogOptions { BootstrapServers = parts[0], TopicPrefix = parts[1], Partitions = Partitions, SessionTimeout = TimeSpan.FromSeconds(6), GroupInstanceId = name },
            PipelineTopics.Definitions(Partitions, intakeRetention: TimeSpan.FromDays(7)), TimeProvider.System, NullLogger.Instance);
        await log.Checked;
        return log;
    }

    internal static async Task<ServiceProvider> StartDoorAsync(IEventLog log, CollectorOptions options)
    {
        var provider = new ServiceCollection().AddLogging().AddSingleton(log).AddCollector(options).BuildServiceProvider();
        foreach (var hosted in provider.GetServices<IHostedService>())
            await hosted.StartAsync(CancellationToken.None);
        return provider;
    }

    /// <summary>Committed records of the topic; on Kafka with the markers of transactions.</summary>
    internal static async Task<long> EndAsync(IEventLog log, string topic)
    {
        long end = 0;
        for (var p = 0; p < Partitions; p++)
            end += (await log.RangeAsync(new TopicPartition(topic, p), CancellationToken.None)).End;
        return end;
    }

    internal static CollectorOptions Options { get; } = new() { Projects = [new ProjectOptions { Name = "shop", Keys = [new WriteKeyOptions { Key = "live" }] }] };
}

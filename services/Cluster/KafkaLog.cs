using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using Tidemark.EventLog;
using Tidemark.EventLog.Kafka;
using Tidemark.ServiceDefaults;
using Tidemark.ServiceDefaults.Configuration;
using Tidemark.ServiceDefaults.Health;
using Tidemark.ServiceDefaults.Hosting;
using Tidemark.ServiceDefaults.Telemetry;

namespace Tidemark.Cluster;

/// <summary>The log of the cluster edition.</summary>
public static class KafkaLog
{
    /// <summary>How long a broker may take to answer a health check.</summary>
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(3);

    /// <summary>For <see cref="ServiceHost"/>: its options are the section "Kafka".</summary>
    public static HostedLog Hosted { get; } =
        new(OptionSection.Of<KafkaLogOptions>("Kafka", static o => o.Mistakes()), static (services, options) => services.AddKafkaLog(options.Get<KafkaLogOptions>()));

    /// <summary>
    /// Adds the log over the topics of the pipeline, closed with the container; the health check "kafka" (tag ready); and a loop that ends the process with the reason when a
    /// topic has other settings than the configuration. Brokers that are away are waited for.
    /// </summary>
    public static IServiceCollection AddKafkaLog(this IServiceCollection services, KafkaLogOptions options)
    {
        var topics = PipelineTopics.Definitions(options.Partitions, options.Retention, options.IntakeRetention);
        services.AddRetentionMetrics(topics);
        services.AddSingleton(provider => KafkaEventLog.Create(
            options,
            topics,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILoggerFactory>().CreateLogger("Tidemark.EventLog")));
        services.AddSingleton<IEventLog>(static provider => provider.GetRequiredService<KafkaEventLog>());
        services.AddHostedService<TopicCheck>();
        services.AddSingleton(static provider => new LogReachability(new Reachability(
            "Kafka",
            _patience + TimeSpan.FromSeconds(1),
            provider.GetRequiredService<TimeProvider>(),
            cancellation => provider.GetRequiredService<KafkaEventLog>().WhyUnavailableAsync(_patience, cancellation))));
        services.AddHealthChecks().Add(new HealthCheckRegistration(
            "kafka", static provider => provider.GetRequiredService<LogReachability>().Check, null, [ServiceDefaultsExtensions.ReadyTag]));
        return services;
    }

    /// <summary>Its own type in the container, where other checks of the kind may be.</summary>
    private sealed record LogReachability(Reachability Check);
}

using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Metrics;
using Tidemark.EventLog;

namespace Tidemark.ServiceDefaults.Telemetry;

/// <summary>How long the log keeps each topic, beside the age of what is unread: their difference is the time left until records are lost. A topic that is kept for ever, or trimmed by its readers only, has no series.</summary>
public sealed class RetentionMetrics : IDisposable
{
    private readonly Meter _meter;

    public RetentionMetrics(IMeterFactory factory, IReadOnlyList<TopicDefinition> topics)
    {
        var retentions = topics.Where(topic => topic is { RetentionTime: not null, TrimmedByReaders: false })
            .Select(topic => new Measurement<double>(topic.RetentionTime!.Value.TotalSeconds, new KeyValuePair<string, object?>("topic", topic.Name)))
            .ToArray();
        _meter = factory.Create("Tidemark.EventLog");
        _meter.CreateObservableGauge("tidemark.log.retention", () => retentions, "s", "How long the log keeps a record of the topic.");
    }

    public void Dispose() => _meter.Dispose();
}

public static class RetentionMetricsExtensions
{
    /// <summary>Tells the retention of the topics that the host's log was made with.</summary>
    public static IServiceCollection AddRetentionMetrics(this IServiceCollection services, IReadOnlyList<TopicDefinition> topics)
    {
        services.AddMetrics();
        services.AddSingleton(provider => new RetentionMetrics(provider.GetRequiredService<IMeterFactory>(), topics));
        services.AddOpenTelemetry().WithMetrics(static metrics => metrics.AddInstrumentation(static provider => provider.GetRequiredService<RetentionMetrics>()));
        return services;
    }
}

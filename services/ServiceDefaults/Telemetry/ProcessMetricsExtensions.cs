using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using OpenTelemetry.Metrics;

namespace Tidemark.ServiceDefaults.Telemetry;

/// <summary>Memory and health as metrics.</summary>
internal static class ProcessMetricsExtensions
{
    private static readonly TimeSpan _healthDelay = TimeSpan.FromSeconds(1);

    // As often as Prometheus scrapes (deploy/prometheus/prometheus.yml).
    private static readonly TimeSpan _healthPeriod = TimeSpan.FromSeconds(15);

    internal static IServiceCollection AddProcessMetrics(this IServiceCollection services)
    {
        services.AddMetrics();
        services.AddSingleton<ProcessMetrics>();
        services.AddSingleton<IHealthCheckPublisher>(static provider => provider.GetRequiredService<ProcessMetrics>());
        services.Configure<HealthCheckPublisherOptions>(static options => (options.Delay, options.Period) = (_healthDelay, _healthPeriod));
        // Made with the meter provider: nobody else asks for it before the first health check.
        services.AddOpenTelemetry().WithMetrics(static metrics => metrics.AddInstrumentation(static provider => provider.GetRequiredService<ProcessMetrics>()));
        return services;
    }
}

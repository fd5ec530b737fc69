using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using Tidemark.HttpHardening.Pages;
using Tidemark.ServiceDefaults.Telemetry;

namespace Tidemark.ServiceDefaults;

/// <summary>What every service has: metrics for Prometheus on <c>/metrics</c>, and the health doors.</summary>
public static class ServiceDefaultsExtensions
{
    /// <summary>Health checks with this tag decide <c>/health/ready</c>.</summary>
    public const string ReadyTag = "ready";

    /// <summary>Health checks with this tag decide <c>/health/live</c>: only what nothing but a new start of the process mends.</summary>
    public const string LiveTag = "live";

    /// <summary>Collects all meters named "Tidemark.…", those of ASP.NET Core and of the runtime.</summary>
    /// <param name="service">The name in metrics and traces (<c>service.name</c>), such as "collector"; the version is <see cref="ProductVersion"/>'s.</param>
    public static IServiceCollection AddServiceDefaults(this IServiceCollection services, string service)
    {
        services.AddHealthChecks();
        // A check that is not healthy yet would be logged as an error at every poll; the answer says it, and services log their own troubles.
        services.AddLogging(static logging => logging.AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.None));
        services.AddProcessMetrics();
        services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService(service, "tidemark", ProductVersion.Text))
            .WithMetrics(static metrics => metrics
                .AddMeter("Tidemark.*")
                .AddAspNetCoreInstrumentation()
                .AddRuntimeInstrumentation()
                .AddPrometheusExporter());
        return services;
    }

    /// <summary>
    /// Maps <c>/metrics</c>, <c>/health/live</c> (200 while the process lives and every check tagged <see cref="LiveTag"/> is healthy) and <c>/health/ready</c> (200 when every check tagged <see cref="ReadyTag"/> is healthy,
    /// else 503), to GET and HEAD. With a <paramref name="managementPort"/> they answer on connections to that local port only and are 404 elsewhere.
    /// </summary>
    public static WebApplication MapServiceDefaults(this WebApplication app, int? managementPort = null)
    {
        // Whoever waits for a service may be a page; health says no more than whether it is there, while metrics tell much.
        var endpoints = new IEndpointConventionBuilder[]
        {
            app.MapPrometheusScrapingEndpoint("/metrics"),
            app.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = static check => check.Tags.Contains(LiveTag), ResponseWriter = HealthAnswer.WriteAsync }).WithMetadata(OpenToPages.Instance),
            app.MapHealthChecks("/health/ready", new HealthCheckOptions
            {
                Predicate = static check => check.Tags.Contains(ReadyTag),
                ResponseWriter = HealthAnswer.WriteAsync,
                ResultStatusCodes = { [HealthStatus.Degraded] = StatusCodes.Status503ServiceUnavailable },
            }).WithMetadata(OpenToPages.Instance),
        };
        foreach (var endpoint in endpoints)
            endpoint.Add(ReadMethods.Restrict);
        if (managementPort is { } port)
        {
            foreach (var endpoint in endpoints)
                endpoint.Add(builder => ManagementPort.Restrict(builder, port));
        }
        return app;
    }
}

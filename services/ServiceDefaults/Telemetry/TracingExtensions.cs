using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using OpenTelemetry.Exporter;
using OpenTelemetry.Trace;

namespace Tidemark.ServiceDefaults.Telemetry;

/// <summary>Traces over OTLP.</summary>
public static class TracingExtensions
{
    private const string TracesPath = "v1/traces";

    // A stop waits for the last batch at most this long, whether or not the receiver is there.
    private const int ExportTimeoutMs = 3_000;

    /// <summary>
    /// Sends the spans of the sources "Tidemark.…" to <see cref="TelemetryOptions.OtlpEndpoint"/>; without one it adds nothing. Only these sources: the request spans of
    /// ASP.NET Core carry user agents, and ours must not. Throws <see cref="ArgumentException"/> that names every wrong setting.
    /// </summary>
    public static IServiceCollection AddTracing(this IServiceCollection services, TelemetryOptions options)
    {
        var mistakes = options.Mistakes();
        if (mistakes.Count > 0)
            throw new ArgumentException($"The settings of telemetry are wrong: {string.Join("; ", mistakes)}.", nameof(options));
        if (options.OtlpEndpoint is not { } endpoint)
            return services;
        services.TryAddSingleton(Random.Shared);
        services.AddOpenTelemetry().WithTracing(tracing => tracing
            .AddSource("Tidemark.*")
            .SetSampler(provider => new RatioSampler(options.SampleRatio, provider.GetRequiredService<Random>()))
            .AddOtlpExporter(exporter =>
            {
                exporter.Protocol = options.OtlpProtocol == TraceProtocol.Http ? OtlpExportProtocol.HttpProtobuf : OtlpExportProtocol.Grpc;
                exporter.Endpoint = options.OtlpProtocol == TraceProtocol.Http ? WithTracesPath(endpoint) : endpoint;
                exporter.TimeoutMilliseconds = ExportTimeoutMs;
            }));
        return services;
    }

    // The exporter adds the path to addresses from its environment variables only.
    private static Uri WithTracesPath(Uri endpoint) =>
        endpoint.AbsolutePath.EndsWith(TracesPath, StringComparison.Ordinal) ? endpoint : new Uri($"{endpoint.AbsoluteUri.TrimEnd('/')}/{TracesPath}");
}

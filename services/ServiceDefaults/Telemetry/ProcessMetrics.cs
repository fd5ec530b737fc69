using System.Diagnostics.Metrics;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Tidemark.ServiceDefaults.Telemetry;

/// <summary>
/// Meter "Tidemark.Process": what every service tells of itself. Memory stands beside its limit, so that one alert fits all sizes; health stands here because Prometheus does not
/// read the health doors.
/// </summary>
internal sealed class ProcessMetrics : IHealthCheckPublisher, IDisposable
{
    private readonly Meter _meter;
    private volatile HealthReport? _report;

    public ProcessMetrics(IMeterFactory factory)
    {
        _meter = factory.Create("Tidemark.Process");
        var limit = MemoryLimit.Bytes();
        _meter.CreateObservableGauge("tidemark.process.memory.usage", static () => Environment.WorkingSet, "By", "Memory of the process that is in RAM.");
        _meter.CreateObservableGauge("tidemark.process.memory.limit", () => limit, "By", "The most it may use: its control group's limit, or the machine's memory.");
        _meter.CreateObservableGauge("tidemark.process.health", Health, "{status}", "State of a health check: 1 healthy, 0.5 degraded, 0 unhealthy.");
    }

    public Task PublishAsync(HealthReport report, CancellationToken cancellationToken)
    {
        _report = report;
        return Task.CompletedTask;
    }

    public void Dispose() => _meter.Dispose();

    private IEnumerable<Measurement<double>> Health()
    {
        if (_report is not { } report)
            yield break;
        foreach (var (check, entry) in report.Entries)
            yield return new Measurement<double>((int)entry.Status / 2.0, new KeyValuePair<string, object?>("check", check));
    }
}

using System.Diagnostics.Metrics;
using Tidemark.ServiceDefaults.Telemetry;

namespace Tidemark.Telemetry.Tests.Hosting;

/// <summary>One run of the pipeline with traffic: its instruments, and what <c>/metrics</c> said when all was done.</summary>
public sealed class MeasuredPipeline : IAsyncLifetime
{
    private readonly MeterListener _listener = new();

    internal List<Instrument> Instruments { get; } = [];

    internal Exposition Metrics { get; private set; } = new("");

    public async Task InitializeAsync()
    {
        _listener.InstrumentPublished = (instrument, _) =>
        {
            if (instrument.Meter.Name.StartsWith("Tidemark.", StringComparison.Ordinal))
                Instruments.Add(instrument);
        };
        _listener.Start();
        await using var pipeline = await Pipeline.StartAsync(new TelemetryOptions());
        await Traffic.SendAsync(pipeline);
        Metrics = await pipeline.MetricsAsync(IsDone);
    }

    public Task DisposeAsync()
    {
        _listener.Dispose();
        return Task.CompletedTask;
    }

    private static bool IsDone(Exposition metrics) =>
        metrics.Sum("tidemark_aggregator_rows_total", ("table", "events")) >= 8
        && metrics.Sum("tidemark_sessionizer_rows_total", ("kind", "correction")) >= 1
        && metrics.Sum("tidemark_sessionizer_sessions", ("state", "open")) == 0
        && metrics.Of("tidemark_process_health").Count() >= 3
        && metrics.Sum("tidemark_aggregator_lag") + metrics.Sum("tidemark_aggregator_lag_duration_seconds") + metrics.Sum("tidemark_sessionizer_lag_duration_seconds")
            + metrics.Sum("tidemark_collector_intake_lag_duration_seconds") == 0;
}

[CollectionDefinition(nameof(MeasuredPipeline))]
public sealed class MeasuredPipelineCollection : ICollectionFixture<MeasuredPipeline>;

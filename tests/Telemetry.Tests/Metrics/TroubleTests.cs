using Tidemark.ServiceDefaults.Telemetry;
using Tidemark.Telemetry.Tests.Hosting;

namespace Tidemark.Telemetry.Tests.Metrics;

/// <summary>What the alerts wait for, brought about.</summary>
public sealed class TroubleTests
{
    [Fact]
    public async Task ClickHouseAway_ShowsAsLag_Stall_Retries_AndHealth()
    {
        await using var pipeline = await Pipeline.StartAsync(new TelemetryOptions());
        await pipeline.PostAsync("""{"event":"e","anonymousId":"a"}""");
        await pipeline.MetricsAsync(metrics => metrics.Sum("tidemark_aggregator_rows_total", ("table", "events")) > 0);
        await pipeline.StopEngineAsync();
        await pipeline.PostAsync("""{"event":"e","anonymousId":"a"}""");
        var metrics = await pipeline.MetricsAsync(found =>
            Stalled(found) >= 2 && found.Of("tidemark_process_health", ("check", "loader")).Any(sample => sample.Value == 0.5)
            && found.Sum("tidemark_aggregator_retries_total") > 0 && found.Sum("tidemark_sessionizer_lag") == 0);
        Assert.True(Stalled(metrics) >= 2, $"stalled for {Stalled(metrics)} s only");
        Assert.True(metrics.Of("tidemark_aggregator_lag_duration_seconds", ("topic", "events")).Max(sample => sample.Value) >= 2);
        Assert.Equal(1, metrics.Sum("tidemark_aggregator_lag", ("topic", "events")));
        Assert.True(metrics.Sum("tidemark_aggregator_retries_total") > 0);
        Assert.Equal(0.5, metrics.Sum("tidemark_process_health", ("check", "loader")));
        // Nothing of it is the sessionizer's.
        Assert.Equal(0, metrics.Sum("tidemark_sessionizer_lag"));
    }

    private static double Stalled(Exposition metrics) =>
        metrics.Of("tidemark_aggregator_stalled_duration_seconds", ("topic", "events")).Select(sample => sample.Value).DefaultIfEmpty().Max();
}

using Tidemark.Telemetry.Tests.Hosting;

namespace Tidemark.Telemetry.Tests.Metrics;

[Collection(nameof(MeasuredPipeline))]
public sealed class InstrumentTests(MeasuredPipeline measured)
{
    [Fact]
    public void EveryInstrument_IsOnMetricsAfterTraffic()
    {
        // Told only when a disk fails, is full, or old records go.
        string[] rare = ["tidemark.log.commit.failures", "tidemark.log.append.refused", "tidemark.log.retention.records"];
        Assert.True(measured.Instruments.Count > 30, $"only {measured.Instruments.Count} instruments were published");
        var missing = measured.Instruments.Where(instrument => !rare.Contains(instrument.Name) && !measured.Metrics.Of(PrometheusNames.SampleOf(instrument)).Any());
        Assert.Empty(missing.Select(instrument => $"{instrument.Name} as {PrometheusNames.Of(instrument)}"));
    }

    [Fact]
    public void EveryInstrument_HasNameUnitAndDescription()
    {
        foreach (var instrument in measured.Instruments)
        {
            Assert.Matches("^tidemark\\.[a-z_]+(\\.[a-z_]+)+$", instrument.Name);
            // UCUM: seconds, bytes, or what is counted in braces.
            Assert.Matches("^(s|By|\\{[a-z]+\\}(/s)?)$", instrument.Unit);
            Assert.EndsWith(".", instrument.Description, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("tidemark_collector_events_accepted_total", "lane", "live", 9)]
    [InlineData("tidemark_collector_events_accepted_total", "lane", "history", 1)]
    [InlineData("tidemark_collector_events_rejected_total", "code", "no_identity", 1)]
    [InlineData("tidemark_collector_events_rejected_total", "code", "json", 2)]
    [InlineData("tidemark_collector_events_rejected_total", "door", "intake", 1)]
    [InlineData("tidemark_collector_events_accepted_total", "door", "intake", 1)]
    [InlineData("tidemark_collector_intake_failures_total", "reason", "stopped", 0)]
    [InlineData("tidemark_collector_requests_refused_total", "code", "json", 1)]
    [InlineData("tidemark_collector_append_failures_total", "reason", "full", 0)]
    [InlineData("tidemark_sessionizer_records_total", "verdict", "counted", 8)]
    [InlineData("tidemark_sessionizer_records_total", "verdict", "duplicate", 1)]
    [InlineData("tidemark_sessionizer_records_total", "verdict", "late", 1)]
    [InlineData("tidemark_sessionizer_rows_total", "kind", "correction", 1)]
    [InlineData("tidemark_aggregator_rows_total", "table", "events", 8)]
    [InlineData("tidemark_aggregator_rows_total", "table", "late_events", 1)]
    [InlineData("tidemark_aggregator_rows_total", "table", "rejected_events", 3)]
    public void Counter_SaysWhatHappened(string name, string label, string value, double expected) =>
        Assert.Equal(expected, measured.Metrics.Sum(name, (label, value)));

    [Fact]
    public void Lag_IsZeroInRecordsAndSeconds_WhenAllIsDone()
    {
        foreach (var name in new[] { "tidemark_collector_intake_lag", "tidemark_collector_intake_lag_duration_seconds", "tidemark_sessionizer_lag", "tidemark_sessionizer_lag_duration_seconds", "tidemark_aggregator_lag", "tidemark_aggregator_lag_duration_seconds" })
        {
            Assert.NotEmpty(measured.Metrics.Of(name));
            Assert.All(measured.Metrics.Of(name), sample => Assert.Equal(0, sample.Value));
        }
    }

    [Fact]
    public void Labels_AreBounded()
    {
        string[] known =
        [
            "check", "code", "door", "kind", "lane", "le", "outcome", "partition", "reason", "rollup", "state", "status", "table", "topic", "verdict",
            "otel_scope_name", "otel_scope_version", "otel_scope_schema_url",
        ];
        var labels = measured.Metrics.Samples.Where(sample => sample.Name.StartsWith("tidemark_", StringComparison.Ordinal)).SelectMany(sample => sample.Labels.Keys).Distinct();
        Assert.Empty(labels.Except(known));
        Assert.DoesNotContain(Traffic.Visitor, measured.Metrics.Text, StringComparison.Ordinal);
    }
}

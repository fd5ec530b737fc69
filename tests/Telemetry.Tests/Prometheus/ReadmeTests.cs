using System.Text.RegularExpressions;
using Tidemark.Telemetry.Tests.Hosting;

namespace Tidemark.Telemetry.Tests.Prometheus;

/// <summary>The page of the metrics and the code say the same.</summary>
[Collection(nameof(MeasuredPipeline))]
public sealed partial class ReadmeTests(MeasuredPipeline measured)
{
    // Told only when a disk fails, is full, or old records go.
    private static readonly string[] _rare = ["tidemark.log.commit.failures", "tidemark.log.append.refused", "tidemark.log.retention.records"];

    [Fact]
    public void EveryInstrument_HasARow_WithItsNameUnitAndLabels()
    {
        var expected = measured.Instruments.Select(instrument => $"{instrument.Name} | {PrometheusNames.Of(instrument)} | {instrument.Unit} | {Labels(instrument.Name, PrometheusNames.SampleOf(instrument))}");
        var documented = Rows().Select(row => $"{row.Name} | {row.Prometheus} | {row.Unit} | {(_rare.Contains(row.Name) ? "" : row.Labels)}");
        Assert.Empty(expected.Except(documented));
    }

    [Fact]
    public void EveryRow_IsAnInstrument()
    {
        Assert.Empty(Rows().Select(row => row.Name).Except(measured.Instruments.Select(instrument => instrument.Name)).Except(OfKafka()));
        Assert.Equal(Rows().Count, Rows().Select(row => row.Name).Distinct().Count());
        Assert.All(Rows(), row => Assert.NotEmpty(row.Reason));
    }

    /// <summary>This pipeline runs on the local log; what Kafka's client tells is looked up in its source.</summary>
    [Fact]
    public void EveryInstrumentOfKafka_HasARow()
    {
        Assert.NotEmpty(OfKafka());
        Assert.Empty(OfKafka().Except(Rows().Select(row => row.Name)));
    }

    [Fact]
    public void EveryHeadingOfTheAlerts_IsAnAlert()
    {
        var text = File.ReadAllText(Path.Combine(DeployFolders.Prometheus, "README.md"));
        var alerts = text[text.IndexOf("## Alerts", StringComparison.Ordinal)..text.IndexOf("## Traces", StringComparison.Ordinal)];
        var headings = Heading().Matches(alerts).Select(heading => heading.Groups["name"].Value).ToArray();
        // Two alerts may share a page.
        Assert.Empty(headings.Except(Rule.Alerts.Select(rule => rule.Name)));
        Assert.Equal(Rule.Alerts.Select(rule => rule.Annotations["runbook"].Split('#')[1]).Distinct().Order(), headings.Select(heading => heading.ToLowerInvariant()).Order());
    }

    private string Labels(string instrument, string sample) => _rare.Contains(instrument)
        ? ""
        : string.Join(", ", measured.Metrics.Of(sample).SelectMany(found => found.Labels.Keys).Where(label => !label.StartsWith("otel_", StringComparison.Ordinal) && label != "le").Distinct().Order());

    private static IEnumerable<string> OfKafka() =>
        Literal().Matches(File.ReadAllText(RepositoryFolder.PathOf("services", "EventLog.Kafka", "EventLogMetrics.cs"))).Select(found => found.Groups["name"].Value);

    private static IReadOnlyList<Row> Rows() =>
    [
        .. Metric().Matches(File.ReadAllText(Path.Combine(DeployFolders.Prometheus, "README.md"))).Select(row => new Row(
            row.Groups["name"].Value, row.Groups["prometheus"].Value, row.Groups["unit"].Value,
            string.Join(", ", row.Groups["labels"].Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Order()), row.Groups["reason"].Value.Trim())),
    ];

    private sealed record Row(string Name, string Prometheus, string Unit, string Labels, string Reason);

    [GeneratedRegex(@"^\| `(?<name>tidemark\.[a-z_.]+)` \| `(?<prometheus>\w+)` \| `(?<unit>[^`]+)` \|(?<labels>[^|]*)\|(?<reason>[^|]*)\|$", RegexOptions.Multiline)]
    private static partial Regex Metric();

    [GeneratedRegex("\"(?<name>tidemark\\.[a-z_.]+)\"")]
    private static partial Regex Literal();

    [GeneratedRegex("^### (?<name>.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();
}

using System.Text.Json;
using System.Text.RegularExpressions;
using Tidemark.Telemetry.Tests.Hosting;

namespace Tidemark.Telemetry.Tests.Prometheus;

/// <summary>Every metric and label that an alert or a dashboard names is one that the services really tell.</summary>
[Collection(nameof(MeasuredPipeline))]
public sealed partial class NameTests(MeasuredPipeline measured)
{
    /// <summary>Given by Prometheus, not by the service.</summary>
    private static readonly string[] _scrape = ["job", "instance", "le"];

    [Fact]
    public void Alerts_NameWhatExists()
    {
        Assert.True(Rule.All.Sum(rule => Selector.In(rule.Expression).Count) > 20);
        Assert.Empty(Rule.All.SelectMany(rule => Mistakes(rule.Name, rule.Expression)));
    }

    [Fact]
    public void RecordedSeries_AreRecorded()
    {
        var recorded = Rule.All.Where(rule => !rule.IsAlert).Select(rule => rule.Name).ToArray();
        var used = Rule.All.SelectMany(rule => Recorded().Matches(rule.Expression).Select(match => match.Value)).Distinct();
        Assert.Equal(recorded.Order(), used.Order());
    }

    [Fact]
    public void Dashboards_NameWhatExists()
    {
        var folder = RepositoryFolder.PathOf("deploy", "grafana", "dashboards");
        var expressions = Directory.GetFiles(folder, "*.json")
            .SelectMany(file => Expressions(JsonDocument.Parse(File.ReadAllText(file)).RootElement).Select(expression => (Path.GetFileName(file), expression))).ToArray();
        Assert.NotEmpty(expressions);
        Assert.Empty(expressions.SelectMany(found => Mistakes(found.Item1, found.expression)));
    }

    private IEnumerable<string> Mistakes(string where, string expression)
    {
        var selectors = Selector.In(expression);
        foreach (var selector in selectors.Where(selector => !IsOfTheOtherLog(selector.Name)))
        {
            var samples = measured.Metrics.Of(selector.Name).ToArray();
            if (samples.Length == 0)
                yield return $"{where}: there is no {selector.Name}";
            foreach (var (label, op, value) in selector.Matchers.Where(m => samples.Length > 0 && !_scrape.Contains(m.Label)))
            {
                if (!samples.Any(sample => sample.Labels.ContainsKey(label)))
                    yield return $"{where}: {selector.Name} has no label {label}";
                else if (op is "=" or "!=" && !value.Contains('$') && !IsKnown(samples, label, value))
                    yield return $"{where}: {selector.Name} has no {label} that is {value}";
            }
        }
        if (selectors.Count == 0)
            yield break;
        var labels = selectors.SelectMany(selector => measured.Metrics.Of(selector.Name)).SelectMany(sample => sample.Labels.Keys).Concat(_scrape).ToHashSet();
        foreach (var label in Selector.Grouping(expression).Where(label => !labels.Contains(label) && !selectors.Any(selector => IsOfTheOtherLog(selector.Name))))
            yield return $"{where}: nothing in it has the label {label}";
    }

    // Over the local log there is no broker whose health could be told.
    private static bool IsKnown(Sampled[] samples, string label, string value) =>
        samples.Any(sample => sample.Labels.GetValueOrDefault(label) == value)
        || (label == "check" && File.ReadAllText(RepositoryFolder.PathOf("services", "Cluster", "KafkaLog.cs")).Contains($"\"{value}\"", StringComparison.Ordinal));

    /// <summary>This pipeline runs on the local log; what only Kafka's client tells is looked up in its source.</summary>
    private static bool IsOfTheOtherLog(string name)
    {
        var source = RepositoryFolder.PathOf("services", "EventLog.Kafka", "EventLogMetrics.cs");
        return name.StartsWith("tidemark_log_", StringComparison.Ordinal) && File.Exists(source)
            && Instrument().Matches(File.ReadAllText(source)).Any(found => Histogram().Replace(name, "").StartsWith(found.Groups["name"].Value.Replace('.', '_'), StringComparison.Ordinal));
    }

    private static IEnumerable<string> Expressions(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(property =>
            property.Name == "expr" && property.Value.ValueKind == JsonValueKind.String ? [property.Value.GetString()!] : Expressions(property.Value)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(Expressions),
        _ => [],
    };

    [GeneratedRegex("tidemark:[a-z_:]+")]
    private static partial Regex Recorded();

    [GeneratedRegex("\"(?<name>tidemark\\.log\\.[a-z_.]+)\"")]
    private static partial Regex Instrument();

    [GeneratedRegex("_(bucket|sum|count)$")]
    private static partial Regex Histogram();
}

using System.Text.RegularExpressions;

namespace Tidemark.Grafana.Tests.Prometheus;

/// <summary>Names of metrics: in expressions, and as the instruments of the code become them.</summary>
internal static partial class Metrics
{
    internal static IEnumerable<string> NamedIn(string expression) => Name().Matches(expression).Select(match => match.Value).Distinct();

    /// <summary>The metric of a series: a histogram has three kinds of them.</summary>
    internal static string Base(string series) => Series().Replace(series, "");

    /// <summary>What Prometheus calls the instruments that the services make.</summary>
    internal static HashSet<string> OfTheCode() =>
    [
        .. Directory.GetFiles(RepositoryFolder.PathOf("services"), "*.cs", SearchOption.AllDirectories)
            .SelectMany(path => Instrument().Matches(File.ReadAllText(path)))
            .SelectMany(match => Names(match.Groups["kind"].Value, match.Groups["name"].Value, match.Groups["unit"].Value)),
    ];

    private static IEnumerable<string> Names(string kind, string name, string unit)
    {
        var suffix = unit switch
        {
            "s" => "_seconds",
            "By" => "_bytes",
            _ when unit.EndsWith("/s", StringComparison.Ordinal) => "_per_second",
            _ => "",
        };
        var metric = name.Replace('.', '_') is var flat && flat.EndsWith(suffix, StringComparison.Ordinal) ? flat : flat + suffix;
        return kind is "Counter" or "ObservableCounter" ? [metric + "_total"] : [metric];
    }

    [GeneratedRegex(@"\btidemark_[a-z_]+|\bdotnet_[a-z_]+")]
    private static partial Regex Name();

    [GeneratedRegex("_(bucket|count|sum)$")]
    private static partial Regex Series();

    // The kind stands before the name; a SeriesCounter is a counter whose series are all there from the start.
    [GeneratedRegex("""(?:Create|new Series)(?<kind>Counter|Histogram|ObservableGauge|ObservableUpDownCounter|ObservableCounter|UpDownCounter|Gauge)(?:<\w+>)?\([^"]*"(?<name>tidemark\.[a-z._]+)"[^"]*"(?<unit>[^"]*)""" + "\"")]
    private static partial Regex Instrument();
}

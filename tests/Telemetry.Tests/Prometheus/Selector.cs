using System.Text.RegularExpressions;

namespace Tidemark.Telemetry.Tests.Prometheus;

/// <summary>A series that an expression asks for: <c>name{label="value"}</c>.</summary>
internal sealed partial record Selector(string Name, IReadOnlyList<(string Label, string Operator, string Value)> Matchers)
{
    /// <summary>All of our metrics that a PromQL expression names.</summary>
    internal static IReadOnlyList<Selector> In(string expression) =>
    [
        .. Metric().Matches(expression).Select(metric => new Selector(
            metric.Groups["name"].Value,
            [.. Matcher().Matches(metric.Groups["matchers"].Value).Select(m => (m.Groups["label"].Value, m.Groups["op"].Value, m.Groups["value"].Value))])),
    ];

    /// <summary>The labels that it groups or joins by.</summary>
    internal static IEnumerable<string> Grouping(string expression) =>
        Groups().Matches(expression).SelectMany(clause => clause.Groups["labels"].Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)).Distinct();

    [GeneratedRegex("""(?<![a-zA-Z0-9_:])(?<name>tidemark_[a-z0-9_]+)(\s*\{(?<matchers>[^}]*)\})?""")]
    private static partial Regex Metric();

    [GeneratedRegex("(?<label>[a-z_]+)\\s*(?<op>=~|!~|!=|=)\\s*\"(?<value>[^\"]*)\"")]
    private static partial Regex Matcher();

    [GeneratedRegex("""\b(by|without|on|ignoring)\s*\((?<labels>[^)]*)\)""")]
    private static partial Regex Groups();
}

using System.Text.Json;

namespace Tidemark.Grafana.Tests.Dashboards;

/// <summary>A panel, or a row of them.</summary>
internal sealed record Panel(string Dashboard, JsonElement Json)
{
    internal string Type => Text(Json, "type");

    internal string Title => Text(Json, "title");

    internal string Description => Text(Json, "description");

    internal bool IsRow => Type == "row";

    internal IReadOnlyList<JsonElement> Targets => Json.TryGetProperty("targets", out var targets) ? [.. targets.EnumerateArray()] : [];

    internal JsonElement Defaults => Json.GetProperty("fieldConfig").GetProperty("defaults");

    internal IReadOnlyList<JsonElement> Overrides => IsRow ? [] : [.. Json.GetProperty("fieldConfig").GetProperty("overrides").EnumerateArray()];

    /// <summary>SQL of its targets; empty for what asks Prometheus.</summary>
    internal IEnumerable<string> Sql => Targets.Where(target => target.TryGetProperty("rawSql", out _)).Select(target => Text(target, "rawSql"));

    internal IEnumerable<string> PromQl => Targets.Where(target => target.TryGetProperty("expr", out _)).Select(target => Text(target, "expr"));

    public override string ToString() => $"{Dashboard}: {Title}";

    private static string Text(JsonElement element, string name) => element.TryGetProperty(name, out var value) ? value.GetString() ?? "" : "";
}

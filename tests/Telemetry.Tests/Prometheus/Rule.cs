using Tidemark.Telemetry.Tests.Hosting;
using YamlDotNet.RepresentationModel;

namespace Tidemark.Telemetry.Tests.Prometheus;

/// <summary>A rule of <c>deploy/prometheus/alerts</c>; the alert's or the recorded series' name.</summary>
internal sealed record Rule(string Name, bool IsAlert, string Expression, string? Severity, IReadOnlyDictionary<string, string> Annotations)
{
    internal static IReadOnlyList<Rule> All { get; } =
    [
        .. from file in Directory.GetFiles(Path.Combine(DeployFolders.Prometheus, "alerts"), "*.yml")
           from YamlMappingNode @group in (YamlSequenceNode)Root(file)["groups"]
           from YamlMappingNode rule in (YamlSequenceNode)@group["rules"]
           select Read(rule),
    ];

    internal static IEnumerable<Rule> Alerts => All.Where(rule => rule.IsAlert);

    internal static YamlMappingNode Root(string file)
    {
        var yaml = new YamlStream();
        using var reader = File.OpenText(file);
        yaml.Load(reader);
        return (YamlMappingNode)yaml.Documents[0].RootNode;
    }

    internal static YamlNode? Get(YamlMappingNode node, string key) => node.Children.TryGetValue(key, out var value) ? value : null;

    private static Rule Read(YamlMappingNode rule) => new(
        (Get(rule, "alert") ?? rule["record"]).ToString(),
        Get(rule, "alert") is not null,
        rule["expr"].ToString(),
        (Get(rule, "labels") as YamlMappingNode)?["severity"].ToString(),
        (Get(rule, "annotations") as YamlMappingNode)?.Children.ToDictionary(pair => pair.Key.ToString(), pair => pair.Value.ToString()) ?? []);
}

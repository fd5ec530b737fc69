using Tidemark.Telemetry.Tests.Hosting;
using YamlDotNet.RepresentationModel;

namespace Tidemark.Telemetry.Tests.Prometheus;

/// <summary>What every alert must have, whether or not promtool is here.</summary>
public sealed class RuleTests
{
    public static TheoryData<string> Alerts => [.. Rule.Alerts.Select(rule => rule.Name)];

    [Theory]
    [MemberData(nameof(Alerts))]
    public void Alert_SaysHowBad_WhatItMeans_AndWhatToDo(string name)
    {
        var alert = Rule.Alerts.Single(rule => rule.Name == name);
        Assert.Contains(alert.Severity, new[] { "critical", "warning" });
        Assert.NotEmpty(alert.Annotations["summary"]);
        Assert.NotEmpty(alert.Annotations["description"]);
        var (file, anchor) = alert.Annotations["runbook"].Split('#') is [var path, var heading] ? (path, heading) : ("", "");
        var headings = File.ReadLines(RepositoryFolder.PathOf(file)).Where(line => line.StartsWith("### ", StringComparison.Ordinal)).Select(line => line[4..].ToLowerInvariant());
        Assert.Contains(anchor, headings);
    }

    [Theory]
    [MemberData(nameof(Alerts))]
    public void Alert_IsTestedToFire_AndNotToFire(string name)
    {
        var cases = from file in Directory.GetFiles(Path.Combine(DeployFolders.Prometheus, "tests"), "*.yml")
                    from YamlMappingNode test in (YamlSequenceNode)Rule.Root(file)["tests"]
                    where Rule.Get(test, "alert_rule_test") is not null
                    from YamlMappingNode check in (YamlSequenceNode)test["alert_rule_test"]
                    where check["alertname"].ToString() == name
                    select Rule.Get(check, "exp_alerts") is YamlSequenceNode { Children.Count: > 0 };
        Assert.Equal([false, true], cases.Distinct().Order());
    }
}

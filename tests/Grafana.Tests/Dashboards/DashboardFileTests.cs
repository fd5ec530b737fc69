using System.Text.Json;
using System.Text.RegularExpressions;

namespace Tidemark.Grafana.Tests.Dashboards;

/// <summary>What makes the files load as they are, and what people find in each panel.</summary>
public sealed partial class DashboardFileTests
{
    private const int Columns = 24;

    public static TheoryData<string> Names() => [.. DashboardFile.All().Select(file => file.Name)];

    [Fact]
    public void Dashboards_HaveUidsOfTheirOwn_AndLinksLeadToOneOfThem()
    {
        var uids = DashboardFile.All().Select(file => file.Uid).ToList();
        Assert.Equal(uids.Distinct().Count(), uids.Count);
        Assert.All(DashboardFile.All(), file => Assert.Equal($"tidemark-{file.Name}", file.Uid));
        var linked = DashboardFile.All().SelectMany(file => DashboardLink().Matches(file.Json.GetRawText())).Select(match => match.Groups[1].Value).ToList();
        Assert.NotEmpty(linked);
        Assert.Subset(uids.ToHashSet(), linked.ToHashSet());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Panels_FillTheGridWithoutOverlap(string name)
    {
        var taken = new HashSet<(int, int)>();
        foreach (var panel in DashboardFile.Named(name).Panels)
        {
            var at = panel.Json.GetProperty("gridPos");
            var (x, y, w, h) = (at.GetProperty("x").GetInt32(), at.GetProperty("y").GetInt32(), at.GetProperty("w").GetInt32(), at.GetProperty("h").GetInt32());
            Assert.InRange(x + w, 1, Columns);
            for (var i = 0; i < w * h; i++)
                Assert.True(taken.Add((x + i % w, y + i / w)), $"{panel} lies on another one");
        }
        var rows = taken.GroupBy(cell => cell.Item2).ToList();
        Assert.All(rows, row => Assert.Equal(Columns, row.Count()));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Panels_SayWhatTheyShow(string name)
    {
        var file = DashboardFile.Named(name);
        Assert.Equal("utc", file.Json.GetProperty("timezone").GetString());
        Assert.Contains("UTC", file.Json.GetProperty("description").GetString()!, StringComparison.Ordinal);
        var panels = file.Panels.Where(panel => !panel.IsRow).ToList();
        Assert.Equal(panels.Count, panels.Select(panel => panel.Title).Distinct().Count());
        Assert.Equal(file.Panels.Count, file.Panels.Select(panel => panel.Json.GetProperty("id").GetInt32()).Distinct().Count());
        Assert.All(panels, panel =>
        {
            Assert.True(panel.Description.Length > 30, $"{panel} has no description");
            Assert.True(panel.Defaults.GetProperty("noValue").GetString()!.Length > 0);
            Assert.True(panel.Type == "table" || panel.Defaults.TryGetProperty("unit", out _) || panel.Defaults.TryGetProperty("decimals", out _), $"{panel} has no unit");
        });
    }

    /// <summary>A number is traced to SQL: its description names the view or table that its query reads, or the metric.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void Panels_NameWhereTheirNumbersComeFrom(string name)
    {
        foreach (var panel in DashboardFile.Named(name).Panels)
        {
            foreach (var source in panel.Sql.SelectMany(sql => Source().Matches(sql)).Select(match => match.Groups[1].Value))
                Assert.True(panel.Description.Contains(source, StringComparison.Ordinal), $"{panel} reads {source} and does not say so");
            foreach (var metric in panel.PromQl.SelectMany(Prometheus.Metrics.NamedIn).Select(Prometheus.Metrics.Base))
                Assert.True(panel.Description.Contains(metric, StringComparison.Ordinal), $"{panel} reads {metric} and does not say so");
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Queries_HonourThePickers(string name)
    {
        var file = DashboardFile.Named(name);
        var variables = file.Variables.Select(variable => variable.GetProperty("name").GetString()!).ToList();
        foreach (var (panel, sql) in file.Panels.SelectMany(panel => panel.Sql.Select(sql => (panel, sql))))
        {
            Assert.Contains("$__fromTime_ms", sql, StringComparison.Ordinal);
            Assert.Contains("$__toTime_ms", sql, StringComparison.Ordinal);
            foreach (var variable in variables)
                Assert.True(sql.Contains($"${{{variable}:", StringComparison.Ordinal), $"{panel} ignores {variable}");
        }
    }

    /// <summary>Everything by uid: the files load into a Grafana that has the provisioned sources, without a question.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void Queries_AskTheProvisionedSources(string name)
    {
        var provisioned = File.ReadAllText(Path.Combine(DeployFolders.Grafana, "provisioning", "datasources", "tidemark.yml"));
        var known = Provisioned().Matches(provisioned).ToDictionary(match => match.Groups[1].Value, match => match.Groups[2].Value);
        var file = DashboardFile.Named(name);
        var sources = file.Panels.Where(panel => !panel.IsRow).SelectMany(panel => panel.Targets.Append(panel.Json)).Concat(file.Variables.Where(variable => variable.GetProperty("type").GetString() == "query"))
            .Select(element => element.GetProperty("datasource")).ToList();
        Assert.NotEmpty(sources);
        Assert.All(sources, source => Assert.Equal(known[source.GetProperty("uid").GetString()!], source.GetProperty("type").GetString()));
    }

    [GeneratedRegex("/d/([a-z-]+)/")]
    private static partial Regex DashboardLink();

    [GeneratedRegex(@"\bFROM ([a-z_]+)")]
    private static partial Regex Source();

    [GeneratedRegex(@"uid: ([a-z-]+)\n\s+type: ([a-z-]+)")]
    private static partial Regex Provisioned();
}

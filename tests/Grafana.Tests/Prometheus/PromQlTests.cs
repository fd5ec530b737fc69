using System.Text;
using System.Text.Json;
using Tidemark.Grafana.Tests.Dashboards;

namespace Tidemark.Grafana.Tests.Prometheus;

/// <summary>The expressions of the panels: Prometheus understands them, and the code has what they name.</summary>
public sealed class PromQlTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tidemark-grafana-promql-").FullName;

    private static IEnumerable<(Panel Panel, string Expression)> All =>
        DashboardFile.All().SelectMany(file => file.Panels).SelectMany(panel => panel.PromQl.Select(expression => (panel, expression)));

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [SkippableFact]
    public async Task Promtool_accepts_every_expression_and_refuses_a_broken_one()
    {
        Assert.NotEmpty(All);
        var good = await CheckAsync("good.yml", All.Select(one => one.Expression));
        Assert.True(good.Status == 0, good.Out + good.Error);
        Assert.Contains($"{All.Count()} rules found", good.Out, StringComparison.Ordinal);
        var bad = await CheckAsync("bad.yml", All.Select(one => one.Expression).Append("sum(rate(tidemark_collector_requests_total[1m])"));
        Assert.NotEqual(0, bad.Status);
    }

    [Fact]
    public void Metrics_that_panels_name_are_in_the_code()
    {
        var code = Metrics.OfTheCode();
        var unknown = All.SelectMany(one => Metrics.NamedIn(one.Expression).Where(name => name.StartsWith("tidemark_", StringComparison.Ordinal) && !code.Contains(Metrics.Base(name))).Select(name => $"{one.Panel}: {name}"));
        Assert.Empty(unknown);
    }

    [Fact]
    public void Rates_use_the_interval_that_fits_the_scrapes() =>
        Assert.All(All.Where(one => one.Expression.Contains("rate(", StringComparison.Ordinal)), one => Assert.Contains("[$__rate_interval]", one.Expression, StringComparison.Ordinal));

    private async Task<ShellResult> CheckAsync(string name, IEnumerable<string> expressions)
    {
        // $__rate_interval is Grafana's; JSON texts are YAML.
        var rules = new StringBuilder("groups:\n- name: panels\n  rules:\n");
        foreach (var (expression, i) in expressions.Select((expression, i) => (expression, i)))
            rules.Append($"  - record: panel:{i}\n    expr: {JsonSerializer.Serialize(expression.Replace("$__rate_interval", "1m", StringComparison.Ordinal))}\n");
        var path = Path.Combine(_folder, name);
        await File.WriteAllTextAsync(path, rules.ToString());
        Skip.IfNot(Shell.Has("promtool"), "no promtool: install it (Debian and Ubuntu: package prometheus)");
        return await Shell.RunAsync("promtool", ["check", "rules", path]);
    }
}

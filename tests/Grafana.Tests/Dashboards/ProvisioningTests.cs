using System.Text.RegularExpressions;

namespace Tidemark.Grafana.Tests.Dashboards;

/// <summary>What Grafana reads at its start, and what it has to find in its environment.</summary>
public sealed partial class ProvisioningTests
{
    private static readonly string Sources = File.ReadAllText(Path.Combine(DeployFolders.Grafana, "provisioning", "datasources", "tidemark.yml"));

    private static string[] Named => [.. Environment().Matches(Sources).Select(match => match.Groups[1].Value).Distinct()];

    [Fact]
    public void Sources_TakeHostsAndSecretsFromTheEnvironment_AndTheReadmeNamesEach()
    {
        var readme = File.ReadAllText(Path.Combine(DeployFolders.Grafana, "README.md"));
        Assert.Equal(["CLICKHOUSE_HOST", "CLICKHOUSE_PORT", "CLICKHOUSE_PROTOCOL", "CLICKHOUSE_USER", "CLICKHOUSE_PASSWORD", "PROMETHEUS_URL"], Named);
        Assert.All(Named, name => Assert.Contains($"| `{name}` |", readme, StringComparison.Ordinal));
        Assert.Matches(@"password: \$CLICKHOUSE_PASSWORD\n", Sources);
    }

    [Fact]
    public void Compose_SetsEachOfThem()
    {
        var path = RepositoryFolder.PathOf("docker-compose.yml");
        var compose = File.ReadAllText(path);
        Assert.All(Named, name => Assert.Contains(name, compose, StringComparison.Ordinal));
        Assert.Contains("/var/lib/grafana-dashboards", compose, StringComparison.Ordinal);
    }

    [Fact]
    public void Readme_NamesEveryDashboard()
    {
        var readme = File.ReadAllText(Path.Combine(DeployFolders.Grafana, "README.md"));
        Assert.All(DashboardFile.All(), file => Assert.Contains($"](dashboards/{file.Name}.json)", readme, StringComparison.Ordinal));
    }

    [GeneratedRegex(@"\$([A-Z_]+)")]
    private static partial Regex Environment();
}

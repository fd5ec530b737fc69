using System.Text.RegularExpressions;
using Tidemark.Deploy.Tests.Compose;

namespace Tidemark.Deploy.Tests.Monitoring;

/// <summary>Prometheus and Grafana ask hosts and ports that the compose file has, on networks that they share.</summary>
public sealed partial class MonitoringTests
{
    private static readonly Dictionary<string, int> ServicePorts = new() { ["collector"] = 8080, ["sessionizer"] = 8081, ["aggregator"] = 8082 };

    [Fact]
    public void Prometheus_scrapes_every_instance_of_the_three_services_and_nothing_that_is_not_there()
    {
        var targets = Yaml.Read<PrometheusFile>(RepositoryFolder.Read("deploy", "prometheus", "prometheus.yml")).ScrapeConfigs
            .SelectMany(job => job.DnsSdConfigs.SelectMany(d => d.Names.Select(name => (name, d.Port)))
                .Concat(job.StaticConfigs.SelectMany(s => s.Targets).Select(t => t.Split(':')).Select(t => (t[0], int.Parse(t[1])))))
            .Where(target => target.Item1 != "localhost")
            .ToDictionary(target => target.Item1, target => target.Item2);
        Assert.Equal(ServicePorts.OrderBy(p => p.Key), targets.OrderBy(p => p.Key));
        Assert.All(targets.Keys, name => AssertReachable("prometheus", name));
    }

    [Fact]
    public void Grafana_s_data_sources_name_hosts_and_ports_of_the_compose_file()
    {
        var grafana = ComposeFile.Default.Services["grafana"];
        var text = string.Concat(Directory.GetFiles(RepositoryFolder.PathOf("deploy", "grafana", "provisioning", "datasources")).Order().Select(File.ReadAllText));
        // The entry point sets the password, from its secret.
        var given = grafana.Environment.Keys.Append("CLICKHOUSE_PASSWORD").ToHashSet();
        Assert.All(EnvironmentValue().Matches(text), m => Assert.Contains(m.Groups[1].Value, given));
        Assert.Contains("export CLICKHOUSE_PASSWORD=", grafana.Entrypoint[^1], StringComparison.Ordinal);

        Assert.Equal(("http://prometheus:9090", "clickhouse", "8123", "http", "reader"), (
            grafana.Environment["PROMETHEUS_URL"], grafana.Environment["CLICKHOUSE_HOST"], grafana.Environment["CLICKHOUSE_PORT"],
            grafana.Environment["CLICKHOUSE_PROTOCOL"], grafana.Environment["CLICKHOUSE_USER"]));
        AssertReachable("grafana", "prometheus");
        AssertReachable("grafana", "clickhouse");
    }

    [Fact]
    public void Grafana_has_the_plugin_and_the_dashboards_that_its_files_ask_for()
    {
        var grafana = ComposeFile.Default.Services["grafana"];
        Assert.Matches(@"^grafana-clickhouse-datasource@[0-9]+\.[0-9]+\.[0-9]+$", grafana.Environment["GF_PLUGINS_PREINSTALL_SYNC"]);
        var folders = Directory.GetFiles(RepositoryFolder.PathOf("deploy", "grafana", "provisioning", "dashboards"))
            .SelectMany(file => DashboardPath().Matches(File.ReadAllText(file))).Select(m => m.Groups[1].Value).ToList();
        Assert.NotEmpty(folders);
        Assert.All(folders, folder =>
        {
            var mount = grafana.Volumes.Single(v => v.Target == folder);
            Assert.NotEmpty(Directory.GetFiles(RepositoryFolder.PathOf(mount.Source), "*.json"));
        });
    }

    private static void AssertReachable(string from, string to) =>
        Assert.True(ComposeFile.Default.Services[from].Networks.Intersect(ComposeFile.Default.Services[to].Networks).Any(), $"{from} and {to} share no network");

    [GeneratedRegex(@"(?<!\$)\$\{?([A-Z][A-Z_]+)")]
    private static partial Regex EnvironmentValue();

    [GeneratedRegex(@"path: (/\S+)")]
    private static partial Regex DashboardPath();
}

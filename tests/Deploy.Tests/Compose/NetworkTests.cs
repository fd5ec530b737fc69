namespace Tidemark.Deploy.Tests.Compose;

public sealed class NetworkTests
{
    [Fact]
    public void Who_has_nothing_to_say_to_each_other_is_not_on_one_network()
    {
        var services = ComposeFile.Default.Services;
        var pairs = from a in services
                    from b in services
                    where string.CompareOrdinal(a.Key, b.Key) < 0 && a.Value.Networks.Intersect(b.Value.Networks).Any()
                    select $"{a.Key} {b.Key}";
        Assert.Equal(
            [
                "aggregator clickhouse", "aggregator collector", "aggregator grafana", "aggregator kafka", "aggregator prometheus", "aggregator sessionizer",
                "clickhouse grafana", "collector grafana", "collector kafka", "collector prometheus", "collector sessionizer", "grafana prometheus",
                "grafana sessionizer", "kafka sessionizer", "prometheus sessionizer",
            ],
            pairs.Order());
    }

    [Fact]
    public void Sessionizer_and_aggregator_can_run_as_often_as_one_likes()
    {
        // A fixed port of the host or a volume of its own can be had once.
        var single = ComposeFile.Default.Services.Where(s => s.Value.Ports.Count > 0 || s.Value.Volumes.Any(v => v is { Type: "volume", ReadOnly: false }));
        Assert.Equal(["aggregator", "sessionizer"], ComposeFile.Default.Services.Keys.Except(single.Select(s => s.Key)).Order());
    }

    [Fact]
    public void Ports_are_the_ones_the_documentation_tells()
    {
        var ports = ComposeFile.Default.Services.SelectMany(s => s.Value.Ports, (s, p) => $"{s.Key} {p}").Order();
        Assert.Equal(
            ["clickhouse 127.0.0.1:8123:8123", "collector 127.0.0.1:8080:8080", "grafana 127.0.0.1:3000:3000", "kafka 127.0.0.1:9094:9094", "prometheus 127.0.0.1:9090:9090"],
            ports);
        foreach (var port in new[] { "8080", "3000", "9090", "8123", "9094" })
            Assert.Contains($"| {port} |", RepositoryFolder.Read("deploy", "README.md"), StringComparison.Ordinal);
    }
}

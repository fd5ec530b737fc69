using Tidemark.LoadTests.Product;

namespace Tidemark.Cluster.Tests.Start;

/// <summary>What the services need comes later than they do, goes away and comes back: they wait, say so, and go on.</summary>
[Collection(nameof(Brokers))]
public sealed class WaitingTests(Brokers brokers)
{
    private const string Page = """{"type":"page","anonymousId":"v1"}""";

    [SkippableFact]
    public async Task Kafka_that_is_away_at_the_start_and_later_is_waited_for()
    {
        Skip.If(OwnKafka.Why is not null, OwnKafka.Why);
        await using var broker = await KafkaBroker.StartOwnAsync();
        await broker.KillAsync();
        await using var cluster = Clusters.New(broker);
        await cluster.Engine.StartReadyAsync(CancellationToken.None);
        var (collector, services) = StartAll(cluster);
        foreach (var service in services)
            await Doors.EventuallyAsync(service, "ready", answer => answer.Status == 503 && answer.Text.Contains("\"kafka\":{\"status\":\"unhealthy\",\"description\":", StringComparison.Ordinal));
        await RefusedAsync(collector, cluster);

        await broker.StartAgainAsync();
        await AllReadyAsync(services);
        await AcceptedAsync(collector, cluster);
        await cluster.EventuallyAsync("SELECT count() FROM events", "1");

        await broker.KillAsync();
        foreach (var service in services)
            await Doors.EventuallyAsync(service, "ready", answer => answer.Status == 503);
        await RefusedAsync(collector, cluster);
        await broker.StartAgainAsync();
        await AllReadyAsync(services);
        await AcceptedAsync(collector, cluster);
        // What was refused was stored or was not; what was accepted is there.
        await cluster.EventuallyAsync("SELECT (SELECT count() FROM events) >= 2 AND (SELECT sum(events) FROM sessions) = (SELECT count() FROM events)", "1");
        Assert.All(services, service => Assert.True(service.Process.IsRunning, service.Process.Said));
    }

    [SkippableFact]
    public async Task Lag_shows_while_the_broker_is_away()
    {
        Skip.If(OwnKafka.Why is not null, OwnKafka.Why);
        await using var broker = await KafkaBroker.StartOwnAsync();
        await using var cluster = Clusters.New(broker, ("Kafka:SessionTimeout", "6s"));
        await cluster.StartAsync(1, 1, 1, CancellationToken.None);
        await AcceptedAsync(cluster.Collectors[0], cluster);
        await cluster.EventuallyAsync("SELECT count() FROM events", "1");
        await broker.KillAsync();
        // Longer than the members know that they are members.
        foreach (var (service, metric) in (IEnumerable<(ServiceInstance, string)>)[(cluster.Sessionizers[0], "tidemark_sessionizer_lag_duration_seconds"), (cluster.Aggregators[0], "tidemark_aggregator_lag_duration_seconds"), (cluster.Collectors[0], "tidemark_collector_intake_lag_duration_seconds")])
            await UntilAsync(service, metric, ages => ages.Count >= 4 && ages.TrueForAll(age => age > 15));
        await broker.StartAgainAsync();
        foreach (var (service, metric) in (IEnumerable<(ServiceInstance, string)>)[(cluster.Sessionizers[0], "tidemark_sessionizer_lag_duration_seconds"), (cluster.Aggregators[0], "tidemark_aggregator_lag_duration_seconds"), (cluster.Collectors[0], "tidemark_collector_intake_lag_duration_seconds")])
            await UntilAsync(service, metric, ages => ages.Count >= 4 && ages.TrueForAll(age => age == 0));
    }

    private static async Task UntilAsync(ServiceInstance service, string metric, Func<List<double>, bool> expected)
    {
        using var http = new HttpClient();
        await Wait.ForAsync(
            async () => (await http.GetStringAsync(service.Door("/metrics"))).Split('\n').Where(line => line.StartsWith(metric + "{", StringComparison.Ordinal)).ToList(),
            lines => expected([.. lines.Select(static line => double.Parse(line.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture))]),
            () => $"{metric} as expected\n{service.Process.Said}",
            pause: TimeSpan.FromMilliseconds(200));
    }

    [SkippableFact]
    public async Task ClickHouse_that_is_away_at_the_start_and_later_is_waited_for()
    {
        await using var cluster = Clusters.New(brokers.Broker);
        var (collector, services) = StartAll(cluster);
        var aggregator = cluster.Aggregators[0];
        await AllReadyAsync(services.Where(s => s != aggregator));
        await NoClickHouseAsync(aggregator);
        await AcceptedAsync(collector, cluster);

        await cluster.Engine.StartReadyAsync(CancellationToken.None);
        await AllReadyAsync([aggregator]);
        await cluster.EventuallyAsync("SELECT count() FROM events", "1");

        cluster.Engine.Kill();
        await NoClickHouseAsync(aggregator);
        await AcceptedAsync(collector, cluster);
        await cluster.Engine.StartReadyAsync(CancellationToken.None);
        await AllReadyAsync([aggregator]);
        await cluster.EventuallyAsync("SELECT count(), (SELECT sum(events) FROM sessions) FROM events", "2\t2");
        Assert.All(services, service => Assert.True(service.Process.IsRunning, service.Process.Said));
    }

    private static (ServiceInstance Collector, List<ServiceInstance> All) StartAll(ClusterProduct cluster)
    {
        cluster.AddCollector();
        cluster.AddSessionizer();
        cluster.AddAggregator();
        var all = cluster.Services.ToList();
        foreach (var service in all)
            service.Process.Start();
        return (cluster.Collectors[0], all);
    }

    private static async Task AllReadyAsync(IEnumerable<ServiceInstance> services)
    {
        foreach (var service in services)
            await Doors.EventuallyAsync(service, "ready", answer => answer.Status == 200);
    }

    private static async Task NoClickHouseAsync(ServiceInstance aggregator) => await Doors.EventuallyAsync(
        aggregator, "ready", answer => answer.Status == 503 && answer.Text.Contains("\"clickhouse\":{\"status\":\"unhealthy\",\"description\":", StringComparison.Ordinal));

    private static async Task RefusedAsync(ServiceInstance collector, ClusterProduct cluster)
    {
        var answer = await Doors.PostAsync(collector, cluster.Key, Page);
        Assert.Equal(503, answer.Status);
        Assert.NotNull(answer.RetryAfter);
    }

    private static async Task AcceptedAsync(ServiceInstance collector, ClusterProduct cluster)
    {
        var answer = await Doors.PostAsync(collector, cluster.Key, Page);
        Assert.True(answer.Status == 200, answer.Text + collector.Process.Said);
    }
}

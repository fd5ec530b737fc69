using Microsoft.Extensions.Diagnostics.HealthChecks;
using Tidemark.Aggregator.Tests.Engine;
using Tidemark.Contracts;

namespace Tidemark.Aggregator.Tests.Loading;

public sealed class LifecycleTests(EngineFixture engine) : IClassFixture<EngineFixture>
{
    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task ClickHouseNotThere_IsNotReady_AndStopsWhenAsked()
    {
        await using var feed = new Feed(1);
        var aggregator = new RunningAggregator(engine.NewDatabase() with { ClickHouseUrl = new Uri("http://127.0.0.1:1/") }, feed.Log);
        await Task.Delay(300);
        Assert.Equal(HealthStatus.Unhealthy, await StatusAsync(aggregator));
        await aggregator.DisposeAsync();
    }

    [Fact]
    public async Task EngineGoneAndBack_GoesOn_AndIsDegradedMeanwhile()
    {
        using var database = await TestDatabase.MigratedAsync(engine);
        await using var feed = new Feed(1);
        var away = new Switch();
        await using var aggregator = new RunningAggregator(database.Options, feed.Log, inner => new Cut(inner, away));
        await feed.EventsAsync(Topics.Events, 0, 10, new Random(1));
        await feed.CommitAsync(Topics.Events, 0);
        await database.EventuallyAsync("SELECT count() FROM events", "10");
        Assert.Equal(HealthStatus.Healthy, await StatusAsync(aggregator));
        away.On = true;
        await feed.EventsAsync(Topics.Events, 0, 10, new Random(2));
        await feed.CommitAsync(Topics.Events, 0);
        await aggregator.BecomesAsync(HealthStatus.Degraded);
        away.On = false;
        await database.EventuallyAsync("SELECT count() FROM events", "20");
        await aggregator.BecomesAsync(HealthStatus.Healthy);
    }

    [Fact]
    public async Task StopWhileTheEngineHangs_EndsWithinTheStopTimeout()
    {
        using var database = await TestDatabase.MigratedAsync(engine);
        await using var feed = new Feed(1);
        var away = new Switch();
        var aggregator = new RunningAggregator(database.Options with { StopTimeout = TimeSpan.FromSeconds(1) }, feed.Log, inner => new Cut(inner, away));
        await feed.EventsAsync(Topics.Events, 0, 10, new Random(1));
        await feed.CommitAsync(Topics.Events, 0);
        await database.EventuallyAsync("SELECT count() FROM events", "10");
        away.On = true;
        await feed.EventsAsync(Topics.Events, 0, 10, new Random(2));
        await feed.CommitAsync(Topics.Events, 0);
        await Task.Delay(300);
        await aggregator.DisposeAsync().AsTask().WaitAsync(_patience);
    }

    private static async Task<HealthStatus> StatusAsync(RunningAggregator aggregator) =>
        (await aggregator.Health.CheckHealthAsync(new HealthCheckContext())).Status;

    private sealed class Switch
    {
        public volatile bool On;
    }

    private sealed class Cut(HttpMessageHandler inner, Switch cut) : DelegatingHandler(inner)
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            cut.On ? throw new HttpRequestException("connection refused") : base.SendAsync(request, cancellationToken);
    }
}

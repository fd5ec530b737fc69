using System.Diagnostics;
using System.Net;
using System.Text;
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
        await BecomesAsync(aggregator, HealthStatus.Degraded);
        away.On = false;
        await database.EventuallyAsync("SELECT count() FROM events", "20");
        await BecomesAsync(aggregator, HealthStatus.Healthy);
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

    [Fact]
    public async Task BatchRefusedForGood_StopsThatPartition_SaysSo_AndLeavesTheOthers()
    {
        using var database = await TestDatabase.MigratedAsync(engine);
        await using var feed = new Feed(1);
        await using var aggregator = new RunningAggregator(database.Options, feed.Log, inner => new RefuseInserts(inner, "rejected_events"));
        await feed.AppendAsync(Topics.Rejected, 0, feed.Rejected("ts_future"));
        var result = await aggregator.Health.CheckHealthAsync(new HealthCheckContext());
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < _patience && result.Description?.Contains("is not loaded", StringComparison.Ordinal) != true;)
        {
            await Task.Delay(20);
            result = await aggregator.Health.CheckHealthAsync(new HealthCheckContext());
        }
        Assert.Equal(HealthStatus.Unhealthy, result.Status);
        Assert.Contains("events.rejected/0 is not loaded", result.Description);
        Assert.Contains("no such column", result.Description);
        await feed.EventsAsync(Topics.Events, 0, 10, new Random(1));
        await feed.CommitAsync(Topics.Events, 0);
        await database.EventuallyAsync("SELECT count() FROM events", "10");
    }

    [Fact]
    public async Task LogShorterThanLoaded_StopsThatPartition_SaysSo_AndLoadsNothingOfIt()
    {
        using var database = await TestDatabase.MigratedAsync(engine);
        await using (var before = new Feed(1))
        {
            await before.EventsAsync(Topics.Events, 0, 20, new Random(1));
            await before.CommitAsync(Topics.Events, 0);
            await using var loading = new RunningAggregator(database.Options, before.Log);
            await database.EventuallyAsync("SELECT count() FROM events", "20");
        }
        // The topics of the same names, made anew.
        await using var feed = new Feed(1);
        await feed.EventsAsync(Topics.Events, 0, 5, new Random(2));
        await feed.CommitAsync(Topics.Events, 0);
        await using var aggregator = new RunningAggregator(database.Options, feed.Log);
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < _patience && !aggregator.Said.Any(said => said.Event == "LogShorterThanLoaded");)
            await Task.Delay(20);
        var result = await aggregator.Health.CheckHealthAsync(new HealthCheckContext());
        Assert.Equal(HealthStatus.Unhealthy, result.Status);
        Assert.Contains("events/0 is not loaded: the log ends at 5, but it was loaded up to 20", result.Description);
        Assert.DoesNotContain(aggregator.Said, said => said.Event == "PartitionFailed");
        Assert.Equal("20", await database.ScalarAsync("SELECT count() FROM events"));
    }

    private static async Task BecomesAsync(RunningAggregator aggregator, HealthStatus expected)
    {
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < _patience && await StatusAsync(aggregator) != expected; await Task.Delay(20))
        {
        }
        Assert.Equal(expected, await StatusAsync(aggregator));
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

    private sealed class RefuseInserts(HttpMessageHandler inner, string table) : DelegatingHandler(inner)
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            request.RequestUri!.Query.Contains($"{table}%20", StringComparison.Ordinal)
                ? Task.FromResult(new HttpResponseMessage(HttpStatusCode.BadRequest) { Content = new StringContent("no such column", Encoding.UTF8) })
                : base.SendAsync(request, cancellationToken);
    }
}

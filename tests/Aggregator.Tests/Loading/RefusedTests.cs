using System.Net;
using System.Text;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Tidemark.Aggregator.Tests.Engine;
using Tidemark.Contracts;

namespace Tidemark.Aggregator.Tests.Loading;

/// <summary>
/// What ClickHouse refuses (a password, a grant, a table) may be mended at any time: the loader says what is wrong, is unhealthy, keeps trying and goes on by itself. Nothing but a schema
/// that is newer than the program ends it.
/// </summary>
public sealed class RefusedTests(EngineFixture engine) : IClassFixture<EngineFixture>
{
    private readonly Switch _refused = new();

    [Fact]
    public async Task WrongPasswordForTenMinutes_IsSaidOnce_AndLosesNothing()
    {
        using var database = await TestDatabase.MigratedAsync(engine);
        await using var feed = new Feed(2);
        var time = new HurriedTime(60);
        await using var aggregator = new RunningAggregator(database.Options, feed.Log, inner => new WrongPassword(inner, _refused), time);
        await FeedAsync(feed, 1);
        await database.EventuallyAsync("SELECT count() FROM events", "20");
        _refused.On = true;
        await FeedAsync(feed, 2);
        await aggregator.BecomesAsync(HealthStatus.Unhealthy, "answered 403");
        for (var until = time.Elapsed + TimeSpan.FromMinutes(10); time.Elapsed < until; await Task.Delay(50))
            await FeedAsync(feed, 3);
        await aggregator.BecomesAsync(HealthStatus.Unhealthy, "answered 403");
        Assert.Equal(1, aggregator.Times("LoadingRefused"));
        Assert.InRange(_refused.Requests, 10, 2_000);
        _refused.On = false;
        await aggregator.BecomesAsync(HealthStatus.Healthy);
        var events = (await feed.Log.RangeAsync(new(Topics.Events, 0), default)).End + (await feed.Log.RangeAsync(new(Topics.Events, 1), default)).End;
        await database.EventuallyAsync("SELECT count(), uniqExact(log_partition, log_offset) FROM events", $"{events}|{events}");
        await database.EventuallyAsync("SELECT sum(events) FROM events_hour", $"{events}");
    }

    [Fact]
    public async Task WrongPasswordAtTheStart_IsWaitedOut()
    {
        await using var feed = new Feed(1);
        var options = engine.NewDatabase();
        _refused.On = true;
        await using var aggregator = new RunningAggregator(options, feed.Log, inner => new WrongPassword(inner, _refused), new HurriedTime(10));
        await aggregator.BecomesAsync(HealthStatus.Unhealthy, "cannot start yet and keeps trying: ClickHouse answered 403");
        Assert.Equal(1, aggregator.Times("StartRefused"));
        _refused.On = false;
        await aggregator.BecomesAsync(HealthStatus.Healthy);
    }

    [Theory]
    [InlineData("load_plan", "events/0 is not loaded")]
    [InlineData("events", "events/0 is not loaded")]
    [InlineData("schema_migrations", "")]
    public async Task ATableAwayAtTheStart_IsWaitedOut(string table, string reason)
    {
        using var database = await TestDatabase.MigratedAsync(engine);
        await using var feed = new Feed(1);
        await FeedAsync(feed, 1);
        await database.ExecuteAsync($"RENAME TABLE {table} TO {table}_away");
        await using var aggregator = new RunningAggregator(database.Options, feed.Log, time: new HurriedTime(10));
        if (reason.Length > 0)
        {
            await aggregator.BecomesAsync(HealthStatus.Unhealthy, reason);
            await database.ExecuteAsync($"RENAME TABLE {table}_away TO {table}");
        }
        await aggregator.BecomesAsync(HealthStatus.Healthy);
        await database.EventuallyAsync("SELECT count() FROM events", "10");
    }

    [Fact]
    public async Task ATableAwayWhileLoading_StopsItsTopicOnly_AndGoesOnByItself()
    {
        using var database = await TestDatabase.MigratedAsync(engine);
        await using var feed = new Feed(1);
        await using var aggregator = new RunningAggregator(database.Options, feed.Log, time: new HurriedTime(10));
        await feed.AppendAsync(Topics.Rejected, 0, feed.Rejected("ts_future"));
        await database.EventuallyAsync("SELECT count() FROM rejected_events", "1");
        await database.ExecuteAsync("RENAME TABLE rejected_events TO rejected_away");
        await feed.AppendAsync(Topics.Rejected, 0, feed.Rejected("ts_future"));
        await aggregator.BecomesAsync(HealthStatus.Unhealthy, "events.rejected/0 is not loaded: ClickHouse answered 404");
        await FeedAsync(feed, 1);
        await database.EventuallyAsync("SELECT count() FROM events", "10");
        await database.ExecuteAsync("RENAME TABLE rejected_away TO rejected_events");
        await database.EventuallyAsync("SELECT count() FROM rejected_events", "2");
        await aggregator.BecomesAsync(HealthStatus.Healthy);
    }

    [Fact]
    public async Task TheDatabaseGone_IsSaid_AndLoadedAnewWhenItIsBack()
    {
        using var database = await TestDatabase.MigratedAsync(engine);
        await using var feed = new Feed(1);
        await using var aggregator = new RunningAggregator(database.Options, feed.Log, time: new HurriedTime(10));
        await FeedAsync(feed, 1);
        await database.EventuallyAsync("SELECT count() FROM events", "10");
        await database.Client.QueryServerAsync($"DROP DATABASE {database.Options.Database}", default);
        await FeedAsync(feed, 2);
        await aggregator.BecomesAsync(HealthStatus.Unhealthy, "UNKNOWN_DATABASE");
        await database.Client.QueryServerAsync($"CREATE DATABASE {database.Options.Database}", default);
        await database.MigrateAsync();
        await aggregator.BecomesAsync(HealthStatus.Healthy);
        await database.EventuallyAsync("SELECT count() FROM events", "20");
    }

    [Fact]
    public async Task AnErrorThatWaitingAMomentDoesNotMend_IsARefusalWhateverItsStatus()
    {
        using var database = await TestDatabase.MigratedAsync(engine);
        await using var feed = new Feed(1);
        _refused.On = true;
        await using var aggregator = new RunningAggregator(database.Options, feed.Log, inner => new NotGranted(inner, "events", _refused), new HurriedTime(10));
        await FeedAsync(feed, 1);
        await aggregator.BecomesAsync(HealthStatus.Unhealthy, "events/0 is not loaded: ClickHouse answered 500: Code: 497");
        _refused.On = false;
        await database.EventuallyAsync("SELECT count() FROM events", "10");
        await aggregator.BecomesAsync(HealthStatus.Healthy);
    }

    [Fact]
    public async Task ASchemaNewerThanTheProgram_IsFinal()
    {
        using var database = await TestDatabase.MigratedAsync(engine);
        await database.ExecuteAsync("INSERT INTO schema_migrations (version, name, checksum) VALUES (9999, '9999_future.sql', 'x')");
        await using var feed = new Feed(1);
        await using var aggregator = new RunningAggregator(database.Options, feed.Log);
        await aggregator.BecomesAsync(HealthStatus.Unhealthy, "cannot start: database");
        Assert.Equal(1, aggregator.Times("CannotStart"));
        await aggregator.Ended.WaitAsync(TimeSpan.FromMinutes(2));
    }

    [Fact]
    public async Task WhatWaitsInAPartitionThatIsRefused_IsMeasured()
    {
        using var database = await TestDatabase.MigratedAsync(engine);
        await using var feed = new Feed(1);
        using var lag = new Gauge("tidemark.aggregator.lag", Topics.Rejected);
        await using var aggregator = new RunningAggregator(database.Options, feed.Log, time: new HurriedTime(10));
        await feed.AppendAsync(Topics.Rejected, 0, feed.Rejected("ts_future"));
        await database.EventuallyAsync("SELECT count() FROM rejected_events", "1");
        await database.ExecuteAsync("RENAME TABLE rejected_events TO rejected_away");
        for (var more = 1; more <= 3; more++)
        {
            await feed.AppendAsync(Topics.Rejected, 0, feed.Rejected("ts_future"));
            await aggregator.BecomesAsync(HealthStatus.Unhealthy, "events.rejected/0 is not loaded");
            await lag.BecomesAsync(more);
        }
    }

    private static async Task FeedAsync(Feed feed, int seed)
    {
        for (var partition = 0; partition < feed.Partitions; partition++)
        {
            await feed.EventsAsync(Topics.Events, partition, 10, new Random(seed));
            await feed.CommitAsync(Topics.Events, partition);
        }
    }

    private sealed class Switch
    {
        private int _requests;

        public volatile bool On;

        /// <summary>That came while it was on.</summary>
        public int Requests => _requests;

        public bool Hit()
        {
            if (On)
                Interlocked.Increment(ref _requests);
            return On;
        }
    }

    /// <summary>As after the password was changed in ClickHouse: its own answer.</summary>
    private sealed class WrongPassword(HttpMessageHandler inner, Switch wrong) : DelegatingHandler(inner)
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (wrong.Hit())
            {
                request.Headers.Remove("X-ClickHouse-Key");
                request.Headers.Add("X-ClickHouse-Key", "another one");
            }
            return base.SendAsync(request, cancellationToken);
        }
    }

    /// <summary>The embedded engine knows no grants; a server answers so.</summary>
    private sealed class NotGranted(HttpMessageHandler inner, string table, Switch refused) : DelegatingHandler(inner)
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (!request.RequestUri!.Query.Contains($"INTO%20{table}%20", StringComparison.Ordinal) || !refused.Hit())
                return base.SendAsync(request, cancellationToken);
            const string Text = "Code: 497. DB::Exception: writer: Not enough privileges. To execute this query, it's necessary to have the grant INSERT(project) ON tidemark.events. (ACCESS_DENIED)";
            return Task.FromResult(new HttpResponseMessage(HttpStatusCode.InternalServerError)
            {
                Content = new StringContent(Text, Encoding.UTF8),
                Headers = { { "X-ClickHouse-Exception-Code", "497" } },
            });
        }
    }
}

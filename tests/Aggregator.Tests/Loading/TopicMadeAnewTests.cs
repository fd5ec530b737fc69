using Microsoft.Extensions.Diagnostics.HealthChecks;
using Tidemark.Aggregator.Tests.Engine;
using Tidemark.Contracts;
using Tidemark.Contracts.Sessions;

namespace Tidemark.Aggregator.Tests.Loading;

/// <summary>
/// A topic that was deleted and made anew has other records at the offsets that are loaded already: it is told by its identity, whether it is shorter or longer than the one before, and begun
/// anew when the operator says so.
/// </summary>
public sealed class TopicMadeAnewTests(EngineFixture engine) : IClassFixture<EngineFixture>
{
    private const string Rows = "SELECT count(), uniqExact(log_partition, log_offset), (SELECT sum(events) FROM events_hour) FROM events";

    [Theory]
    [InlineData(5)]
    [InlineData(20)]
    [InlineData(50)]
    public async Task AnotherLog_IsNotLoaded_UntilItIsBegunAnew(int count)
    {
        using var database = await TestDatabase.MigratedAsync(engine);
        await LoadedAsync(database, 20);
        await using var feed = new Feed(1) { BegunAnew = true };
        await feed.EventsAsync(Topics.Events, 0, count, new Random(2));
        await feed.CommitAsync(Topics.Events, 0);
        await feed.AppendAsync(Topics.Sessions, 0, feed.Session(1, "v", 1, 1, Feed.Start));
        var id = await feed.Log.IdentityAsync(Topics.Events, default);
        await using (var waiting = new RunningAggregator(database.Options, feed.Log, time: new HurriedTime(10)))
        {
            await waiting.BecomesAsync(HealthStatus.Unhealthy, $"events/0 was deleted and made anew: it has the id {id}");
            await waiting.BecomesAsync(HealthStatus.Unhealthy, $"BEGIN_ANEW={id}");
            // What was never loaded is nobody else's.
            await database.EventuallyAsync("SELECT count() FROM session_rows", "1");
            Assert.Equal("20", await database.ScalarAsync("SELECT count() FROM events"));
        }

        var options = database.Options with { BeginAnew = ["another", id] };
        await using (var begun = new RunningAggregator(options, feed.Log))
        {
            await database.EventuallyAsync(Rows, $"{20 + count}|{20 + count}|{20 + count}");
            await begun.BecomesAsync(HealthStatus.Healthy);
            Assert.Equal(1, begun.Times("BegunAnew"));
        }

        // Whether or not the setting stays, it goes on from its newest plan.
        await feed.EventsAsync(Topics.Events, 0, 7, new Random(3));
        await feed.CommitAsync(Topics.Events, 0);
        await using var after = new RunningAggregator(count == 20 ? options : database.Options, feed.Log, inner => new LossyNetwork(inner, 1, 0.2));
        await database.EventuallyAsync(Rows, $"{27 + count}|{27 + count}|{27 + count}");
        await after.BecomesAsync(HealthStatus.Healthy);
        Assert.Equal(0, after.Times("BegunAnew"));
        Assert.Equal(0, after.Times("TooManyRows"));
    }

    [Fact]
    public async Task WhatWasWrittenAboutTheTopicBefore_DecidesNothingAboutTheNewOne()
    {
        using var database = await TestDatabase.MigratedAsync(engine);
        await LoadedAsync(database, 20);
        // The commit records are kept, with the verdicts of the topic that is gone.
        await using var feed = new Feed(1) { BegunAnew = true };
        await feed.EventsAsync(Topics.Events, 0, 30, new Random(2));
        await feed.StateAsync(new SessionizerCommit
        {
            InputTopic = Topics.Events,
            InputPartition = 0,
            Rules = 1,
            FromOffset = 0,
            ToOffset = 20,
            TopicId = "gone",
            Skipped = [new SkippedRange(0, 20, SkipReason.Late)],
            Writer = 3,
        });
        var id = await feed.Log.IdentityAsync(Topics.Events, default);
        await using var aggregator = new RunningAggregator(database.Options with { BeginAnew = [id] }, feed.Log);
        await aggregator.SaysAsync("BegunAnew");
        await feed.StateAsync(new SessionizerCommit
        {
            InputTopic = Topics.Events,
            InputPartition = 0,
            Rules = 1,
            FromOffset = 0,
            ToOffset = 30,
            TopicId = id,
            Begins = true,
            Skipped = [new SkippedRange(29, 1, SkipReason.Duplicate)],
            Writer = 4,
            WriterBefore = 3,
        });
        await database.EventuallyAsync("SELECT count() FROM events", $"{20 + 29}");
    }

    [Fact]
    public async Task PlansOfAVersionWithoutIdentities_TakeTheTopicAsItIs_Once()
    {
        using var database = await TestDatabase.MigratedAsync(engine);
        await using (var feed = new Feed(1))
        {
            await feed.EventsAsync(Topics.Events, 0, 20, new Random(1));
            await feed.CommitAsync(Topics.Events, 0);
            // As that version left them: a plan whose batch was cut off.
            await database.ExecuteAsync(
                "INSERT INTO load_plan (topic, log_partition, lo, hi, rows, state_offset, owner, planned_at) VALUES ('events', 0, 0, 20, 20, 1, 'old', now64(3))");
            await using (var loading = new RunningAggregator(database.Options, feed.Log))
                await database.EventuallyAsync("SELECT count() FROM events", "20");
            await feed.EventsAsync(Topics.Events, 0, 5, new Random(2));
            await feed.CommitAsync(Topics.Events, 0);
            await using var going = new RunningAggregator(database.Options, feed.Log);
            await database.EventuallyAsync(Rows, "25|25|25");
        }

        await using var another = new Feed(1) { BegunAnew = true };
        await another.EventsAsync(Topics.Events, 0, 60, new Random(3));
        await another.CommitAsync(Topics.Events, 0);
        await using var aggregator = new RunningAggregator(database.Options, another.Log);
        await aggregator.BecomesAsync(HealthStatus.Unhealthy, "events/0 was deleted and made anew");
    }

    [Fact]
    public async Task ALogThatWasFoundShorter_StaysSo_HoweverLongItGrows()
    {
        using var database = await TestDatabase.MigratedAsync(engine);
        await database.ExecuteAsync("INSERT INTO load_plan (topic, log_partition, lo, hi, rows, state_offset, owner, planned_at) VALUES ('events', 0, 0, 20, 20, 1, 'old', now64(3))");
        await using var feed = new Feed(1) { BegunAnew = true };
        await feed.EventsAsync(Topics.Events, 0, 5, new Random(2));
        await feed.CommitAsync(Topics.Events, 0);
        var plans = new PlanQueries();
        await using (var aggregator = new RunningAggregator(database.Options, feed.Log, inner => plans.Behind(inner), new HurriedTime(20)))
        {
            await aggregator.BecomesAsync(HealthStatus.Unhealthy, "events/0 ended at offset 5 but was loaded up to 20");
            // A broker that comes back from a crash may take a moment to know its end.
            await plans.MoreAsync(3);
            await feed.EventsAsync(Topics.Events, 0, 95, new Random(3));
            await feed.CommitAsync(Topics.Events, 0);
            await plans.MoreAsync(4);
            await aggregator.BecomesAsync(HealthStatus.Unhealthy, "events/0 ended at offset 5 but was loaded up to 20");
        }
        Assert.Equal("0", await database.ScalarAsync("SELECT count() FROM events"));
        // It named no topic, so it may be begun anew.
        await using var begun = new RunningAggregator(database.Options with { BeginAnew = [await feed.Log.IdentityAsync(Topics.Events, default)] }, feed.Log);
        await database.EventuallyAsync("SELECT count() FROM events", "100");
    }

    private static async Task LoadedAsync(TestDatabase database, int count)
    {
        await using var feed = new Feed(1);
        await feed.EventsAsync(Topics.Events, 0, count, new Random(1));
        await feed.CommitAsync(Topics.Events, 0);
        await using var loading = new RunningAggregator(database.Options, feed.Log);
        await database.EventuallyAsync("SELECT count() FROM events", $"{count}");
    }

    /// <summary>Counts how often a loader asks where it stands.</summary>
    private sealed class PlanQueries
    {
        private int _count;

        public DelegatingHandler Behind(HttpMessageHandler inner) => new Handler(inner, this);

        public async Task MoreAsync(int count)
        {
            var until = Volatile.Read(ref _count) + count;
            await Wait.UntilAsync(() => Volatile.Read(ref _count) >= until, "further questions for plans", pause: TimeSpan.FromMilliseconds(20));
        }

        private sealed class Handler(HttpMessageHandler inner, PlanQueries counted) : DelegatingHandler(inner)
        {
            protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
            {
                if (request.Content is StringContent sql && (await sql.ReadAsStringAsync(cancellationToken)).Contains("FROM load_plan", StringComparison.Ordinal))
                    Interlocked.Increment(ref counted._count);
                return await base.SendAsync(request, cancellationToken);
            }
        }
    }
}

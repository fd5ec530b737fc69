using Tidemark.Aggregator.Tests.Engine;
using Tidemark.Contracts;
using Tidemark.Contracts.Sessions;

namespace Tidemark.Aggregator.Tests.Loading;

/// <summary>Whatever is lost, repeated, raced or killed: every row once, in the tables and in every rollup.</summary>
public sealed class ExactlyOnceTests(EngineFixture engine) : IClassFixture<EngineFixture>
{
    private const string Totals =
        """
        SELECT (SELECT count() FROM events), (SELECT uniqExact(lane, log_partition, log_offset) FROM events), (SELECT sum(events) FROM events_hour),
               (SELECT sum(events) FROM visitor_day), (SELECT count() FROM session_rows), (SELECT uniqExact(log_partition, log_offset) FROM session_rows),
               (SELECT sum(rows) FROM sessions_hour), (SELECT sum(sessions) FROM sessions_hour)
        """;

    // Each column of a rollup against the raw rows, bucket by bucket.
    private const string WrongBuckets =
        """
        SELECT
          (SELECT count() FROM (SELECT project, toStartOfHour(toDateTime(s.occurred_at, 'UTC')) AS hour, s.kind AS kind, s.event AS event, if(s.kind IN ('page', 'error'), s.page, '') AS page, count() AS n, uniqCombined(15)(s.visitor_id) AS v FROM events AS s GROUP BY project, hour, kind, event, page) AS e
             FULL JOIN (SELECT project, hour, kind, event, page, sum(r.events) AS n, uniqCombinedMerge(15)(r.visitors) AS v FROM events_hour AS r GROUP BY ALL) AS r
             USING (project, hour, kind, event, page) WHERE e.n != r.n OR e.v != r.v),
          (SELECT count() FROM (SELECT project, toDate(occurred_at) AS day, visitor_id, count() AS n, countIf(kind = 'error') AS x, min(occurred_at) AS a, max(occurred_at) AS b FROM events GROUP BY ALL) AS e
             FULL JOIN (SELECT project, day, visitor_id, sum(r.events) AS n, sum(r.errors) AS x, min(r.first_at) AS a, max(r.last_at) AS b FROM visitor_day AS r GROUP BY ALL) AS r
             USING (project, day, visitor_id) WHERE e.n != r.n OR e.x != r.x OR e.a != r.a OR e.b != r.b)
        """;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task RequestsAndAnswersLost_EveryRowOnce(int seed)
    {
        using var database = await TestDatabase.MigratedAsync(engine);
        await using var feed = new Feed();
        var expected = await FillAsync(feed, seed, rounds: 6, _ => Task.CompletedTask);
        var options = database.Options with { MaxBatchRows = 60 };
        await using var aggregator = new RunningAggregator(options, feed.Log, inner => new LossyNetwork(inner, seed, 0.3));
        await EndsAtAsync(database, expected, seed);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    public async Task TwoLoadersOfEveryPartition_AgreeOnTheBatches(int seed)
    {
        using var database = await TestDatabase.MigratedAsync(engine);
        await using var feed = new Feed();
        // The second sees the same records through a log of its own, and so does not know of the first: a zombie.
        await using var twin = new Feed();
        var expected = await FillAsync(feed, seed, rounds: 8, _ => Task.CompletedTask);
        await FillAsync(twin, seed, rounds: 8, _ => Task.CompletedTask);
        await using (new RunningAggregator(database.Options with { MaxBatchRows = 70 }, feed.Log))
        await using (new RunningAggregator(database.Options with { MaxBatchRows = 45 }, twin.Log, inner => new LossyNetwork(inner, seed, 0.1)))
            await EndsAtAsync(database, expected, seed);
        Assert.Equal(
            ["0"],
            await database.LinesAsync(
                """
                SELECT count() FROM (SELECT lo, lagInFrame(hi, 1, 0) OVER (PARTITION BY topic, log_partition ORDER BY lo ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) AS before
                                     FROM (SELECT topic, log_partition, lo, any(hi) AS hi FROM load_plan GROUP BY ALL)) WHERE lo != before
                """));
    }

    [Fact]
    public async Task OneComparesWhileAnotherInserts_NothingIsTakenForDamage()
    {
        const int Seed = 5;
        using var database = await TestDatabase.MigratedAsync(engine);
        await using var feed = new Feed(1);
        // A view that takes its time: rows are there for a while before their rollup is.
        var view = await database.ScalarAsync("SELECT as_select FROM system.tables WHERE database = currentDatabase() AND name = 'mv_events_hour' FORMAT TSVRaw");
        await database.ExecuteAsync("DROP VIEW mv_events_hour");
        await database.ExecuteAsync("CREATE MATERIALIZED VIEW mv_events_hour TO events_hour AS " + view.Replace("GROUP BY", "WHERE sleep(2) = 0 GROUP BY", StringComparison.Ordinal));
        await FillAsync(feed, Seed, rounds: 1, _ => Task.CompletedTask);
        HalfwayInsert? network = null;
        await using var aggregator = new RunningAggregator(database.Options, feed.Log, inner => network = new HalfwayInsert(inner, database));
        await Wait.UntilAsync(() => network is not null, "the loader's client");
        // What the comparison saw is a difference, and no damage.
        Assert.NotEqual("0", await network!.Difference.Task.WaitAsync(TimeSpan.FromMinutes(2)));
        await network.Other;
        await network.NextRollup.Task.WaitAsync(TimeSpan.FromMinutes(2));
        Assert.DoesNotContain(aggregator.Said, said => said.Event is "RollupRepaired" or "RowsRepaired" or "TooManyRows");
        await database.EventuallyAsync(WrongBuckets, "0|0");
    }

    [Fact]
    public async Task EngineKilledTwentyTimes_LosesAndDoublesNothing()
    {
        const int Seed = 20;
        using var database = await TestDatabase.MigratedAsync(engine);
        await using var feed = new Feed();
        var options = database.Options with { MaxBatchRows = 40 };
        await using var aggregator = new RunningAggregator(options, feed.Log);
        var random = new Random(Seed);
        var kills = 0;
        var expected = await FillAsync(feed, Seed, rounds: 22, async _ =>
        {
            await Task.Delay(random.Next(0, 250));
            await engine.KillAsync();
            kills++;
        });
        Assert.True(kills >= 20, $"only {kills} kills");
        await EndsAtAsync(database, expected, Seed);
    }

    [Fact]
    public async Task BlocksLostInTheTableAndInEveryRollup_AreRestoredAtTheNextStart()
    {
        const int Seed = 30;
        using var database = await TestDatabase.MigratedAsync(engine);
        await using var feed = new Feed(1);
        var expected = await FillAsync(feed, Seed, rounds: 1, _ => Task.CompletedTask);
        await using (new RunningAggregator(database.Options, feed.Log))
            await EndsAtAsync(database, expected, Seed);
        // What the crash gap leaves behind: the token is known, the rows are not there.
        foreach (var table in new[] { "events", "events_hour", "visitor_day", "session_rows", "sessions_hour" })
            await database.ExecuteAsync($"SYSTEM START MERGES {table}");
        await database.ExecuteAsync("DELETE FROM events WHERE log_offset % 3 = 0");
        await database.ExecuteAsync("DELETE FROM events_hour WHERE kind = 'page'");
        await database.ExecuteAsync("DELETE FROM visitor_day WHERE visitor_id LIKE '%7'");
        await database.ExecuteAsync("DELETE FROM session_rows WHERE log_offset % 2 = 0");
        await database.ExecuteAsync("DELETE FROM sessions_hour WHERE 1");
        await using var again = new RunningAggregator(database.Options, feed.Log);
        await EndsAtAsync(database, expected, Seed);
    }

    /// <summary>Appends events and sessions to all partitions in rounds; returns the line that <see cref="Totals"/> must end at.</summary>
    private static async Task<string> FillAsync(Feed feed, int seed, int rounds, Func<int, Task> between)
    {
        var random = new Random(seed);
        var (events, rows, sessions) = (0, 0, 0);
        for (var round = 0; round < rounds; round++)
        {
            for (var partition = 0; partition < feed.Partitions; partition++)
            {
                foreach (var topic in new[] { Topics.Events, Topics.History })
                {
                    var count = random.Next(1, 150);
                    var first = (await feed.Log.RangeAsync(new(topic, partition), default)).End;
                    await feed.EventsAsync(topic, partition, count, random, topic == Topics.History ? "import" : "");
                    var duplicates = random.Next(0, count);
                    await feed.CommitAsync(topic, partition, duplicates == 0 ? [] : [new SkippedRange(first + random.Next(0, count - duplicates + 1), duplicates, SkipReason.Duplicate)]);
                    events += count - duplicates;
                }
                for (var i = random.Next(1, 60); i > 0; i--)
                {
                    var (id, at) = ((ulong)random.NextInt64(), Feed.Start + random.NextInt64(0, 3_000_000_000));
                    await feed.AppendAsync(Topics.Sessions, partition, feed.Session(id, $"v{i}", 1, 1, at));
                    rows++;
                    sessions++;
                    if (random.Next(4) == 0)
                    {
                        await feed.AppendAsync(Topics.Sessions, partition, feed.Session(id, $"v{i}", 1, -1, at), feed.Session(id, $"v{i}", 2, 1, at, 70_000, 3));
                        rows += 2;
                    }
                }
            }
            await between(round);
        }
        return $"{events}|{events}|{events}|{events}|{rows}|{rows}|{rows}|{sessions}";
    }

    private async Task EndsAtAsync(TestDatabase database, string expected, int seed)
    {
        await Wait.ForAsync(
            async () =>
            {
                try
                {
                    return (await database.LinesAsync(Totals))[0];
                }
                catch (Http.ClickHouseException e) when (e.Transient)
                {
                    // Between two lives of the engine.
                    return "";
                }
            },
            expected, $"the totals of seed {seed} (engine restarts: {engine.Restarts})");
        // Nothing may come after it either, and every bucket agrees.
        await Task.Delay(300);
        Assert.Equal([expected], await database.LinesAsync(Totals));
        Assert.Equal(["0|0"], await database.LinesAsync(WrongBuckets));
    }
}

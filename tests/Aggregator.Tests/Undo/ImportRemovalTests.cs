using Tidemark.Aggregator.Tests.Engine;
using Tidemark.Aggregator.Tests.Loading;
using Tidemark.Contracts;
using Tidemark.Contracts.Sessions;

namespace Tidemark.Aggregator.Tests.Undo;

/// <summary>An import is taken back while others and live traffic are there: nothing of it stays, nothing of the others moves, and every rollup is what the rows give.</summary>
public sealed class ImportRemovalTests(EngineFixture engine) : IClassFixture<EngineFixture>
{
    /// <summary>Rows that belong to the undone import.</summary>
    private const string Left =
        """
        SELECT (SELECT count() FROM events WHERE import_id = 'may'), (SELECT count() FROM session_rows WHERE import_id = 'may'),
               (SELECT count() FROM late_events WHERE import_id = 'may'), (SELECT count() FROM rejected_events WHERE import_id = 'may')
        """;

    private const string Steps = "SELECT count(), sum(done) FROM import_undos FINAL";

    private const string Others =
        """
        SELECT (SELECT (count(), sum(cityHash64(*))) FROM events WHERE import_id != 'may'), (SELECT (count(), sum(cityHash64(*))) FROM session_rows WHERE import_id != 'may'),
               (SELECT (count(), sum(cityHash64(*))) FROM late_events WHERE import_id != 'may'), (SELECT (count(), sum(cityHash64(*))) FROM rejected_events WHERE import_id != 'may')
        """;

    /// <summary>Keys of the rollups that are not, column by column, what the rows give; a key without rows is one too.</summary>
    private const string WrongBuckets =
        """
        SELECT
          (SELECT count() FROM (SELECT 1 AS k, project, toStartOfHour(toDateTime(s.occurred_at, 'UTC')) AS hour, s.kind AS kind, s.event AS event, if(s.kind IN ('page', 'error'), s.page, '') AS page, count() AS n, uniqCombined(15)(s.visitor_id) AS v FROM events AS s GROUP BY project, hour, kind, event, page) AS e
             FULL JOIN (SELECT 1 AS k, project, hour, kind, event, page, sum(r.events) AS n, uniqCombinedMerge(15)(r.visitors) AS v FROM events_hour AS r GROUP BY project, hour, kind, event, page) AS r
             USING (project, hour, kind, event, page) WHERE e.k != r.k OR e.n != r.n OR e.v != r.v),
          (SELECT count() FROM (SELECT 1 AS k, project, toDate(occurred_at) AS day, visitor_id, count() AS n, countIf(kind = 'page') AS p, countIf(kind = 'action') AS c, countIf(kind = 'error') AS x, min(occurred_at) AS a, max(occurred_at) AS b FROM events GROUP BY project, day, visitor_id) AS e
             FULL JOIN (SELECT 1 AS k, project, day, visitor_id, sum(r.events) AS n, sum(r.pages) AS p, sum(r.actions) AS c, sum(r.errors) AS x, min(r.first_at) AS a, max(r.last_at) AS b FROM visitor_day AS r GROUP BY project, day, visitor_id) AS r
             USING (project, day, visitor_id) WHERE e.k != r.k OR e.n != r.n OR e.p != r.p OR e.c != r.c OR e.x != r.x OR e.a != r.a OR e.b != r.b),
          (SELECT count() FROM (SELECT 1 AS k, project, toStartOfHour(toDateTime(started_at, 'UTC')) AS hour, device, toInt64(count()) AS n, sum(sign) AS s, sum(sign * events) AS v, sum(sign * (toUnixTimestamp64Milli(ended_at) - toUnixTimestamp64Milli(started_at))) AS d FROM session_rows GROUP BY project, hour, device) AS e
             FULL JOIN (SELECT 1 AS k, project, hour, device, sum(r.rows) AS n, sum(r.sessions) AS s, sum(r.events) AS v, sum(r.duration_ms) AS d FROM sessions_hour AS r GROUP BY project, hour, device) AS r
             USING (project, hour, device) WHERE e.k != r.k OR e.n != r.n OR e.s != r.s OR e.v != r.v OR e.d != r.d)
        """;

    [Fact]
    public async Task Undo_BesideAnotherImportAndLiveTraffic_TakesItsRowsOnly()
    {
        using var database = await MigratedAsync();
        await using var feed = new Feed();
        var random = new Random(1);
        await using var aggregator = new RunningAggregator(database.Options, feed.Log);
        var may = await FillAsync(feed, random, "may");
        var others = await FillAsync(feed, random, "june", live: true);
        await LoadedAsync(database, may.Events + others.Events, may.SessionRows + others.SessionRows, may.Late + others.Late, may.Rejected + others.Rejected);
        var before = await database.LinesAsync(Others);

        await UndoAsync(feed, "may");
        await database.EventuallyAsync(Steps, $"{4 * feed.Partitions}|{4 * feed.Partitions}");
        Assert.Equal(["0|0|0|0"], await database.LinesAsync(Left));
        Assert.Equal(before, await database.LinesAsync(Others));
        await database.EventuallyAsync(WrongBuckets, "0|0|0");
        Assert.Equal(
            [$"{may.Events}|{may.Sessions}"],
            await database.LinesAsync("SELECT sumIf(removed, topic = 'events.history'), sumIf(removed, topic = 'sessions') FROM import_undos FINAL"));
        await database.EventuallyAsync(
            "SELECT kind, state, generation, count(), sum(events), sum(sessions), sum(removed) FROM imports WHERE import_id = 'may' GROUP BY kind, state, generation ORDER BY kind",
            $"events|undone|0|{feed.Partitions}|0|0|{may.Events}", $"sessions|undone|0|{feed.Partitions}|0|0|{may.Sessions}");
    }

    [Fact]
    public async Task Undo_ThenTheNextGeneration_CountsFullyUnderTheSameName()
    {
        using var database = await MigratedAsync();
        await using var feed = new Feed();
        var random = new Random(2);
        // All in the log before the loaders see it, so that undo and next generation are one batch.
        await FillAsync(feed, random, "may");
        await UndoAsync(feed, "may");
        var again = await FillAsync(feed, random, "may~1");
        await using var aggregator = new RunningAggregator(database.Options, feed.Log);
        await database.EventuallyAsync(Steps, $"{4 * feed.Partitions}|{4 * feed.Partitions}");
        await LoadedAsync(database, again.Events, again.SessionRows, again.Late, again.Rejected);
        Assert.Equal([$"{again.Events}|{again.SessionRows}|{again.Late}|{again.Rejected}"], await database.LinesAsync(Left));
        await database.EventuallyAsync(WrongBuckets, "0|0|0");
        await database.EventuallyAsync(
            "SELECT state, generation, sumIf(events, kind = 'events'), sum(sessions) FROM imports WHERE import_id = 'may' GROUP BY state, generation", $"loaded|1|{again.Events}|{again.Sessions}");
    }

    [Fact]
    public async Task Undo_OfAnImportThatNeverEndedOrNeverWas_IsDone()
    {
        using var database = await MigratedAsync();
        await using var feed = new Feed();
        await using var aggregator = new RunningAggregator(database.Options, feed.Log);
        await FillAsync(feed, new Random(3), "may", ends: false);
        await UndoAsync(feed, "may");
        await UndoAsync(feed, "nothing");
        await database.EventuallyAsync(Steps, $"{8 * feed.Partitions}|{8 * feed.Partitions}");
        Assert.Equal(["0|0|0|0"], await database.LinesAsync(Left));
        await database.EventuallyAsync(WrongBuckets, "0|0|0");
    }

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    public async Task EngineKilledAndAnswersLostWhileItIsUndone_ExactAfterwards(int seed)
    {
        using var database = await MigratedAsync();
        await using var feed = new Feed();
        var random = new Random(seed);
        var may = await FillAsync(feed, random, "may");
        var others = await FillAsync(feed, random, "june", live: true);
        string[] before;
        await using (new RunningAggregator(database.Options, feed.Log))
        {
            await LoadedAsync(database, may.Events + others.Events, may.SessionRows + others.SessionRows, may.Late + others.Late, may.Rejected + others.Rejected);
            before = await database.LinesAsync(Others);
        }
        await UndoAsync(feed, "may");
        await using (new RunningAggregator(database.Options, feed.Log, inner => new LossyNetwork(inner, seed, 0.1)))
        {
            for (var kill = 0; kill < 6; kill++)
            {
                await Task.Delay(random.Next(0, 400));
                await engine.KillAsync();
            }
            // A stop in the middle of it, and another loader.
            await Task.Delay(random.Next(0, 200));
        }
        await using var again = new RunningAggregator(database.Options, feed.Log);
        await DoneAsync(database, 4 * feed.Partitions, seed);
        Assert.Equal(["0|0|0|0"], await database.LinesAsync(Left));
        Assert.Equal(before, await database.LinesAsync(Others));
        await database.EventuallyAsync(WrongBuckets, "0|0|0");
    }

    [Fact]
    public async Task NewestBatchesSentAgainAfterTheUndo_PutNothingBack()
    {
        using var database = await MigratedAsync();
        await using var feed = new Feed(1);
        var may = await FillAsync(feed, new Random(5), "may");
        await using (new RunningAggregator(database.Options, feed.Log))
            await LoadedAsync(database, may.Events, may.SessionRows, may.Late, may.Rejected);
        await UndoAsync(feed, "may");
        for (var start = 0; start < 3; start++)
        {
            await using (new RunningAggregator(database.Options, feed.Log))
                await database.EventuallyAsync(Steps, "4|4");
            await engine.KillAsync();
        }
        await using var aggregator = new RunningAggregator(database.Options, feed.Log);
        var next = await FillAsync(feed, new Random(6), "june");
        await LoadedAsync(database, next.Events, next.SessionRows, next.Late, next.Rejected);
        Assert.Equal(["0|0|0|0"], await database.LinesAsync(Left));
        await database.EventuallyAsync(WrongBuckets, "0|0|0");
    }

    private async Task<TestDatabase> MigratedAsync()
    {
        var database = await TestDatabase.MigratedAsync(engine);
        // Deletions are made by the same threads as merges.
        foreach (var table in await database.Client.RowsAsync("SELECT name FROM system.tables WHERE database = currentDatabase() AND engine LIKE '%MergeTree'", default))
            await database.ExecuteAsync($"SYSTEM START MERGES {table[0]}");
        return database;
    }

    /// <summary>An import's events, sessions (some corrected), late and refused events; with <paramref name="live"/> the same visitors' live events between them.</summary>
    private static async Task<Sent> FillAsync(Feed feed, Random random, string import, bool live = false, bool ends = true)
    {
        var sent = new Sent();
        for (var partition = 0; partition < feed.Partitions; partition++)
        {
            var count = random.Next(100, 300);
            await feed.EventsAsync(Topics.History, partition, count, random, import);
            if (ends)
                await feed.ImportEndAsync(partition, import);
            await feed.CommitAsync(Topics.History, partition);
            sent.Events += count;
            if (live)
            {
                await feed.EventsAsync(Topics.Events, partition, count, random);
                await feed.CommitAsync(Topics.Events, partition);
                sent.Events += count;
            }
            var sessions = random.Next(20, 60);
            for (var i = 0; i < sessions; i++)
            {
                var (id, at) = ((ulong)random.NextInt64(), Feed.Start + random.NextInt64(0, 3_000_000_000));
                await feed.AppendAsync(Topics.Sessions, partition, feed.ImportedSession(import, id, 1, 1, at));
                sent.SessionRows++;
                if (random.Next(4) != 0)
                    continue;
                await feed.AppendAsync(Topics.Sessions, partition, feed.ImportedSession(import, id, 1, -1, at));
                await feed.AppendAsync(Topics.Sessions, partition, feed.ImportedSession(import, id, 2, 1, at));
                sent.SessionRows += 2;
            }
            sent.Sessions += sessions;
            if (ends)
                await feed.AppendAsync(Topics.Sessions, partition, feed.ImportClosedMessage(partition, import, count, sessions));
            await feed.AppendAsync(Topics.Late, partition, feed.Late(random, LateReason.BeyondLateness, import));
            await feed.AppendAsync(Topics.Rejected, partition, feed.Rejected("ts_future", "/v1/history", import: import));
            sent.Late++;
            sent.Rejected++;
        }
        return sent;
    }

    private static async Task UndoAsync(Feed feed, string importId)
    {
        for (var partition = 0; partition < feed.Partitions; partition++)
        {
            foreach (var topic in new[] { Topics.History, Topics.Sessions, Topics.Late, Topics.Rejected })
                await feed.UndoAsync(topic, partition, importId);
            await feed.CommitAsync(Topics.History, partition);
        }
    }

    private static Task LoadedAsync(TestDatabase database, long events, long sessionRows, long late, long rejected) => database.EventuallyAsync(
        "SELECT (SELECT count() FROM events), (SELECT count() FROM session_rows), (SELECT count() FROM late_events), (SELECT count() FROM rejected_events)",
        $"{events}|{sessionRows}|{late}|{rejected}");

    /// <summary>Waits for all steps of an undo through lives of the engine.</summary>
    private static async Task DoneAsync(TestDatabase database, int steps, int seed) => await Wait.ForAsync(
        async () =>
        {
            try
            {
                return (await database.LinesAsync(Steps))[0];
            }
            catch (Http.ClickHouseException e) when (e.Transient)
            {
                // Between two lives of the engine.
                return "";
            }
        },
        $"{steps}|{steps}", $"the steps of seed {seed}");

    private sealed class Sent
    {
        public long Events { get; set; }

        public long SessionRows { get; set; }

        public long Sessions { get; set; }

        public long Late { get; set; }

        public long Rejected { get; set; }
    }
}

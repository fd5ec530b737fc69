using Tidemark.Aggregator.Tests.Engine;
using Tidemark.Aggregator.Tests.Loading;
using Tidemark.Aggregator.Verification;
using Tidemark.Contracts;

namespace Tidemark.Aggregator.Tests.Verification;

/// <summary>What a loader adds to a rollup while another one, of another process, is taking an import back.</summary>
public sealed class RollupRepairTests(EngineFixture engine) : IClassFixture<EngineFixture>
{
    private const string Keys =
        """
        SELECT (SELECT (count(), sum(n)) FROM (SELECT sum(events) AS n FROM events_hour GROUP BY project, hour, kind, event, page)),
               (SELECT (count(), sum(n)) FROM (SELECT sum(events) AS n FROM visitor_day GROUP BY project, day, visitor_id)),
               (SELECT (count(), sum(n)) FROM (SELECT sum(rows) AS n FROM sessions_hour GROUP BY project, hour, device, utm_source))
        """;

    /// <summary>
    /// The undo deletes rows first, then their buckets. What is subtracted between the two would stand there afterwards as a key of nothing: the deletion takes what was there before it,
    /// and the undo puts back what it then finds below the rows.
    /// </summary>
    [Fact]
    public async Task Rebuild_BetweenTheDeletionOfRowsAndOfTheirBuckets_LeavesTheBucketsToTheUndo()
    {
        using var database = await TestDatabase.MigratedAsync(engine);
        await using var feed = new Feed(1);
        var random = new Random(1);
        await feed.EventsAsync(Topics.History, 0, 200, random, "may");
        await feed.CommitAsync(Topics.History, 0);
        for (var i = 0; i < 20; i++)
            await feed.AppendAsync(Topics.Sessions, 0, feed.ImportedSession("may", (ulong)i, 1, 1, Feed.Start + i * 3_600_000));
        await using (new RunningAggregator(database.Options, feed.Log))
            await database.EventuallyAsync("SELECT (SELECT count() FROM events), (SELECT count() FROM session_rows)", "200|20");
        foreach (var table in (string[])["events", "session_rows"])
        {
            // Deletions are made by the same threads as merges.
            await database.ExecuteAsync($"SYSTEM START MERGES {table}");
            await database.ExecuteAsync($"DELETE FROM {table} WHERE import_id = 'may' SETTINGS lightweight_deletes_sync = 2");
        }
        var before = await database.LinesAsync(Keys);
        foreach (var rollup in Rollup.All)
            await database.NewVerifier().RebuildAsync(rollup, Feed.Start - 86_400_000, Feed.Start + 90 * 86_400_000L, CancellationToken.None);
        Assert.Equal(before, await database.LinesAsync(Keys));
        Assert.DoesNotContain("(0,", before[0], StringComparison.Ordinal);
    }
}

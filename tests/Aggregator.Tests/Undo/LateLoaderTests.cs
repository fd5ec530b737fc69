using Microsoft.Extensions.Diagnostics.HealthChecks;
using Tidemark.Aggregator.Tests.Engine;
using Tidemark.Aggregator.Tests.Loading;
using Tidemark.Contracts;

namespace Tidemark.Aggregator.Tests.Undo;

/// <summary>A loader that has lost its partition and does not know it sends a batch of an import that another one has taken back by then, and the engine has forgotten the batch's token.</summary>
public sealed class LateLoaderTests(EngineFixture engine) : IClassFixture<EngineFixture>
{
    private const int Sessions = 30;
    private const string OfMay = "SELECT count() FROM session_rows WHERE import_id = 'may'";
    private const string Rollup = "SELECT sum(rows), sum(sessions), sum(events) FROM sessions_hour";

    [Theory]
    [InlineData(true, "session_rows", "sessions_hour")]
    [InlineData(true, "sessions_hour")]
    [InlineData(true, "session_rows")]
    [InlineData(false, "session_rows", "sessions_hour")]
    public async Task BatchThatComesAfterTheUndo_IsTakenOutAgain(bool resent, params string[] forgetful)
    {
        using var database = await MigratedAsync();
        await using var feed = new Feed(1);
        await FillAsync(feed, "may", Sessions);
        if (resent)
            await LoadAsync(database, feed);
        HeldInsert? network = null;
        await using var late = new RunningAggregator(database.Options, new AnotherMember(feed.Log), inner => network = new HeldInsert(inner, "session_rows"));
        await Wait.UntilAsync(() => network is not null, "the late loader's client");
        await network!.Held.Task.WaitAsync(Wait.Limit);

        await using var owner = new RunningAggregator(database.Options, feed.Log);
        await UndoAsync(database, feed);
        foreach (var table in forgetful)
            await ForgetAsync(database, table);
        await FillAsync(feed, "june", 1);
        await database.EventuallyAsync(Rollup, "1|1|1");

        network.Release.SetResult();
        await late.SaysAsync("ImportCameLate");
        await database.EventuallyAsync(OfMay, "0");
        await database.EventuallyAsync(Rollup, "1|1|1");
        Assert.Equal("1", await database.ScalarAsync("SELECT count() FROM session_rows"));
    }

    [Fact]
    public async Task BatchOfALoaderThatDiesAfterIt_IsTakenOutWhenTheUndoIsSentAgain()
    {
        using var database = await MigratedAsync();
        await using var feed = new Feed(1);
        await FillAsync(feed, "may", Sessions);
        await LoadAsync(database, feed);
        HeldInsert? network = null;
        await using (new RunningAggregator(database.Options, new AnotherMember(feed.Log), inner => network = new HeldInsert(inner, "session_rows", dies: true)))
        {
            await Wait.UntilAsync(() => network is not null, "the late loader's client");
            await network!.Held.Task.WaitAsync(Wait.Limit);
            await using (new RunningAggregator(database.Options, feed.Log))
                await UndoAsync(database, feed);
            await ForgetAsync(database, "session_rows");
            network.Release.SetResult();
            await network.Done.Task.WaitAsync(Wait.Limit);
        }
        Assert.Equal($"{Sessions}", await database.ScalarAsync(OfMay));
        await using var next = new RunningAggregator(database.Options, feed.Log);
        await database.EventuallyAsync(OfMay, "0");
        await database.EventuallyAsync("SELECT count() FROM sessions_hour", "0");
    }

    private async Task<TestDatabase> MigratedAsync()
    {
        var database = await TestDatabase.MigratedAsync(engine);
        // Deletions are made by the same threads as merges.
        foreach (var table in new[] { "session_rows", "sessions_hour" })
            await database.ExecuteAsync($"SYSTEM START MERGES {table}");
        return database;
    }

    private static async Task FillAsync(Feed feed, string import, int sessions)
    {
        for (var id = 0UL; id < (ulong)sessions; id++)
            await feed.AppendAsync(Topics.Sessions, 0, feed.ImportedSession(import, id, 1, 1, Feed.Start));
    }

    private static async Task LoadAsync(TestDatabase database, Feed feed)
    {
        await using var aggregator = new RunningAggregator(database.Options, feed.Log);
        await database.EventuallyAsync(OfMay, $"{Sessions}");
        await aggregator.BecomesAsync(HealthStatus.Healthy);
    }

    /// <summary>By the loader that runs.</summary>
    private static async Task UndoAsync(TestDatabase database, Feed feed)
    {
        await database.EventuallyAsync(OfMay, $"{Sessions}");
        await feed.UndoAsync(Topics.Sessions, 0, "may");
        await database.EventuallyAsync("SELECT count() FROM import_undos FINAL WHERE done = 1", "1");
        Assert.Equal("0", await database.ScalarAsync(OfMay));
    }

    /// <summary>
    /// What the engine does by itself, at a time of its own, once a merge has found no rows: the parts go, and the tokens of their blocks with them.
    /// </summary>
    private static async Task ForgetAsync(TestDatabase database, string table)
    {
        Assert.Equal("0", await database.ScalarAsync($"SELECT count() FROM {table}"));
        foreach (var month in await database.Client.RowsAsync($"SELECT DISTINCT partition_id FROM system.parts WHERE database = currentDatabase() AND table = '{table}' AND active", default))
            await database.ExecuteAsync($"ALTER TABLE {table} DROP PARTITION ID '{month[0]}'");
    }
}

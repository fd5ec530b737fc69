using Tidemark.Aggregator.Tests.Engine;
using Tidemark.Contracts;
using Tidemark.Contracts.Sessions;

namespace Tidemark.Aggregator.Tests.Loading;

public sealed class LoadingTests(EngineFixture engine) : IClassFixture<EngineFixture>
{
    [Fact]
    public async Task EveryTopic_GoesIntoItsTable()
    {
        using var database = await TestDatabase.MigratedAsync(engine);
        await using var feed = new Feed();
        var random = new Random(1);
        await feed.EventsAsync(Topics.Events, 0, 1_000, random);
        await feed.CommitAsync(Topics.Events, 0);
        await feed.EventsAsync(Topics.History, 1, 500, random, "may", months: 40);
        await feed.ImportEndAsync(1, "may");
        await feed.CommitAsync(Topics.History, 1);
        await feed.AppendAsync(
            Topics.Sessions, 1,
            feed.Session(1, "a", 1, 1, Feed.Start), feed.Session(1, "a", 1, -1, Feed.Start), feed.Session(1, "a", 2, 1, Feed.Start, 90_000, 5, false, 77),
            feed.ImportClosedMessage(1, "may", 500, 1));
        await feed.AppendAsync(Topics.LiveSessions, 0, feed.Live(1, 1, false, 1), feed.Live(2, 1, false, 1), feed.Live(1, 2, false, 7), feed.Live(2, 3, true, 1));
        await feed.AppendAsync(Topics.Late, 0, feed.Late(random, LateReason.BeyondLateness), feed.Late(random, LateReason.ImportEnded));
        await feed.AppendAsync(Topics.Rejected, 1, feed.Rejected("ts_future"), feed.Rejected("json", Topics.Intake, 2, 77));
        await using var aggregator = new RunningAggregator(database.Options, feed.Log);

        await database.EventuallyAsync("SELECT lane, count(), uniqExact(log_partition, log_offset) FROM events GROUP BY lane ORDER BY lane", "live|1000|1000", "history|500|500");
        await database.EventuallyAsync("SELECT session_id, version, duration_ms, events, absorbed, browser, os, app_version FROM sessions", "1|2|90000|5|[77]|Firefox|Linux|1.2");
        await database.EventuallyAsync("SELECT session_id, events, browser, os, app_version FROM live_sessions", "1|7|Safari|iOS|2.0");
        await database.EventuallyAsync("SELECT reason, lane, input_offset, seq = bitAnd(event_id, 2147483647) FROM late_events ORDER BY reason", "beyond_lateness|live|5|1", "import_ended|live|5|1");
        await database.EventuallyAsync(
            "SELECT code, hex(sample), door, input_partition, input_offset FROM rejected_events ORDER BY code DESC",
            "ts_future|FF0080|/v1/events|-1|-1", "json|FF0080|events.intake|2|77");
        await database.EventuallyAsync(
            "SELECT import_id, partition, kind, events, sessions FROM imports ORDER BY kind", "may|1|events|500|0", "may|1|sessions|500|1");
    }

    [Fact]
    public async Task Events_AreLoadedAsFarAsTheSessionizerJudgedThem_WithoutWhatItSkipped()
    {
        using var database = await TestDatabase.MigratedAsync(engine);
        await using var feed = new Feed(1);
        var random = new Random(2);
        await feed.EventsAsync(Topics.Events, 0, 100, random);
        await feed.CommitAsync(Topics.Events, 0, [new(3, 2, SkipReason.Duplicate), new(10, 1, SkipReason.Late)], to: 40);
        await using var aggregator = new RunningAggregator(database.Options, feed.Log);
        await database.EventuallyAsync("SELECT count(), max(log_offset), countIf(log_offset IN (3, 4, 10)) FROM events", "37|39|0");
        await feed.CommitAsync(Topics.Events, 0, [new(40, 1, SkipReason.Duplicate), new(99, 1, SkipReason.Duplicate)]);
        await database.EventuallyAsync("SELECT count(), max(log_offset), countIf(log_offset IN (40, 99)) FROM events", "95|98|0");
    }

    [Fact]
    public async Task Restart_InTheMiddle_LoadsEverythingOnce()
    {
        using var database = await TestDatabase.MigratedAsync(engine);
        await using var feed = new Feed(1);
        var random = new Random(3);
        var options = database.Options with { MaxBatchRows = 100 };
        var total = 0;
        for (var round = 0; round < 6; round++)
        {
            await feed.EventsAsync(Topics.Events, 0, 700, random);
            var end = total + 700;
            await feed.CommitAsync(Topics.Events, 0, [new(total + 5, 3, SkipReason.Duplicate)], to: end);
            total = end;
            await using var aggregator = new RunningAggregator(options, feed.Log);
            await Task.Delay(random.Next(20, 150));
        }
        await using var last = new RunningAggregator(options, feed.Log);
        var expected = (total - 18).ToString();
        // Rows are visible a moment before what the views make of them.
        await database.EventuallyAsync(
            "SELECT count(), uniqExact(log_offset), (SELECT sum(events) FROM events_hour), (SELECT sum(events) FROM visitor_day) FROM events",
            $"{expected}|{expected}|{expected}|{expected}");
        Assert.Equal("0", await database.ScalarAsync("SELECT countIf(seq != bitAnd(event_id, 2147483647)) FROM events"));
    }
}

using Microsoft.Extensions.Logging.Abstractions;
using Tidemark.Aggregator.Retention;
using Tidemark.Aggregator.Tests.Engine;
using Tidemark.Contracts;
using Tidemark.Contracts.Sessions;
using Tidemark.EventLog;

namespace Tidemark.Aggregator.Tests.Loading;

/// <summary>The log is cut behind what is in the tables; a database that comes later has what is left, and is told so.</summary>
public sealed class TrimmedLogTests(EngineFixture engine) : IClassFixture<EngineFixture>
{
    private static readonly TopicPartition _sessions = new(Topics.Sessions, 0);

    [Fact]
    public async Task OnlyWhatIsLoadedAndOldEnoughGoes()
    {
        using var database = await TestDatabase.MigratedAsync(engine);
        await using var feed = new Feed(1, TimeSpan.FromTicks(1));
        await SessionsAsync(feed, 0, 5);
        var trim = new LoadedTrim(feed.Log, _sessions, TimeSpan.Zero, TimeProvider.System, NullLogger.Instance);
        await trim.TrimAsync(default);
        Assert.Equal(0, (await feed.Log.RangeAsync(_sessions, default)).Start);

        await using (new RunningAggregator(database.Options, feed.Log))
            await database.EventuallyAsync("SELECT count() FROM session_rows", "5");
        await SessionsAsync(feed, 5, 5);
        await trim.TrimAsync(default);
        Assert.Equal(new LogRange(5, 10, 10), await feed.Log.RangeAsync(_sessions, default));

        // And it goes on where it was.
        await using (new RunningAggregator(database.Options, feed.Log))
            await database.EventuallyAsync("SELECT count(), uniqExact(session_id) FROM session_rows", "10|10");
    }

    [Fact]
    public async Task WithoutAnAge_NothingGoes()
    {
        using var database = await TestDatabase.MigratedAsync(engine);
        await using var feed = new Feed(1);
        await SessionsAsync(feed, 0, 5);
        await using (new RunningAggregator(database.Options, feed.Log))
            await database.EventuallyAsync("SELECT count() FROM session_rows", "5");
        await new LoadedTrim(feed.Log, _sessions, TimeSpan.Zero, TimeProvider.System, NullLogger.Instance).TrimAsync(default);
        Assert.Equal(0, (await feed.Log.RangeAsync(_sessions, default)).Start);
    }

    [Fact]
    public async Task ANewDatabase_HasWhatTheLogDecidesAbout_AndSaysWhatItHasNot()
    {
        await using var feed = new Feed(1, TimeSpan.FromTicks(1));
        await feed.EventsAsync(Topics.Events, 0, 20, new Random(1));
        await feed.CommitAsync(Topics.Events, 0);
        var state = (await feed.Log.RangeAsync(new TopicPartition(Topics.SessionizerState, 0), default)).End;
        await feed.EventsAsync(Topics.Events, 0, 20, new Random(2));
        await feed.CommitAsync(Topics.Events, 0, [new SkippedRange { Offset = 30, Count = 2, Reason = SkipReason.Duplicate }]);
        await feed.EventsAsync(Topics.Events, 0, 20, new Random(3));
        await feed.CommitAsync(Topics.Events, 0);
        // Of the first twenty nobody knows any more what the sessionizer made of them, though some are still there.
        await feed.Log.TrimAsync(new TopicPartition(Topics.SessionizerState, 0), state, default);
        await feed.Log.TrimAsync(new TopicPartition(Topics.Events, 0), 20, default);

        using var database = await TestDatabase.MigratedAsync(engine);
        await using var aggregator = new RunningAggregator(database.Options, feed.Log);
        await database.EventuallyAsync("SELECT count(), min(log_offset), max(log_offset) FROM events", "38|20|59");
        Assert.Equal(1, aggregator.Times("LogBeginsLater"));
    }

    [Fact]
    public async Task EventsWhoseDecisionIsGone_AreNotCounted()
    {
        await using var feed = new Feed(1, TimeSpan.FromTicks(1));
        await feed.EventsAsync(Topics.Events, 0, 20, new Random(1));
        await feed.CommitAsync(Topics.Events, 0);
        var state = (await feed.Log.RangeAsync(new TopicPartition(Topics.SessionizerState, 0), default)).End;
        await feed.EventsAsync(Topics.Events, 0, 20, new Random(2));
        await feed.CommitAsync(Topics.Events, 0);
        await feed.Log.TrimAsync(new TopicPartition(Topics.SessionizerState, 0), state, default);

        using var database = await TestDatabase.MigratedAsync(engine);
        await using var aggregator = new RunningAggregator(database.Options, feed.Log);
        await database.EventuallyAsync("SELECT count(), min(log_offset) FROM events", "20|20");
    }

    private static async Task SessionsAsync(Feed feed, int first, int count)
    {
        // One batch each, so that the log can be cut between any two.
        for (var i = first; i < first + count; i++)
            await feed.AppendAsync(Topics.Sessions, 0, feed.Session((ulong)i + 1, $"v{i}", 1, 1, Feed.Start + i));
    }
}

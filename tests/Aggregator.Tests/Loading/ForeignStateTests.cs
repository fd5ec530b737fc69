using Microsoft.Extensions.Diagnostics.HealthChecks;
using Tidemark.Aggregator.Tests.Engine;
using Tidemark.Contracts;
using Tidemark.Contracts.Sessions;

namespace Tidemark.Aggregator.Tests.Loading;

/// <summary>Only the partition owner's own commit records decide what is loaded; whoever else writes to <c>sessionizer.state</c> changes nothing, and is told of.</summary>
public sealed class ForeignStateTests(EngineFixture engine) : IClassFixture<EngineFixture>
{
    [Fact]
    public async Task RecordsOfOthers_AreNotObeyed_AndSaid()
    {
        using var database = await TestDatabase.MigratedAsync(engine);
        await using var feed = new Feed(1);
        var random = new Random(1);
        var aggregator = new RunningAggregator(database.Options, feed.Log);
        await feed.EventsAsync(Topics.Events, 0, 10, random);
        await feed.CommitAsync(Topics.Events, 0);
        await database.EventuallyAsync("SELECT count() FROM events", "10");
        await feed.EventsAsync(Topics.Events, 0, 10, random);
        var own = new SessionizerCommit { InputTopic = Topics.Events, InputPartition = 0, Rules = 1, FromOffset = 10, ToOffset = 20, Writer = feed.Writer, WriterBefore = feed.Writer };
        byte[][] foreign =
        [
            [],
            [1, 2, 3],
            own.Encode()[..^3],
            (own with { Writer = 99, WriterBefore = 98, ToOffset = 15 }).Encode(),
            (own with { Writer = 0, WriterBefore = 0, ToOffset = 15 }).Encode(),
            (own with { InputPartition = 1, ToOffset = 15 }).Encode(),
            (own with { InputTopic = Topics.History, ToOffset = 15 }).Encode(),
            (own with { FromOffset = 0, ToOffset = 15 }).Encode(),
            (own with { FromOffset = 12, ToOffset = 15 }).Encode(),
            (own with { FromOffset = 10, ToOffset = 5 }).Encode(),
        ];
        foreach (var value in foreign)
            await feed.StateAsync(0, Topics.Events, value);
        await feed.StateAsync(0, "other", own.Encode());
        await aggregator.SaysAsync("ForeignCommits");
        Assert.Equal("10", await database.ScalarAsync("SELECT count() FROM events"));
        await feed.CommitAsync(Topics.Events, 0, [new SkippedRange(19, 1, SkipReason.Duplicate)]);
        await database.EventuallyAsync("SELECT count() FROM events", "19");
        await aggregator.BecomesAsync(HealthStatus.Healthy);
        await aggregator.DisposeAsync();

        // The same from the middle of the commit records on.
        foreach (var value in foreign)
            await feed.StateAsync(0, Topics.Events, value);
        await feed.EventsAsync(Topics.Events, 0, 5, random);
        await feed.CommitAsync(Topics.Events, 0);
        await using var after = new RunningAggregator(database.Options, feed.Log);
        await database.EventuallyAsync("SELECT count() FROM events", "24");
        await after.BecomesAsync(HealthStatus.Healthy);
    }
}

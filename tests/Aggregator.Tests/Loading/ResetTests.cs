using Tidemark.Aggregator.Tests.Engine;
using Tidemark.Contracts;
using Tidemark.Contracts.Sessions;

namespace Tidemark.Aggregator.Tests.Loading;

/// <summary>A partition that the sessionizer went on with without its state: what was decided before counts, and what nobody decided does not.</summary>
public sealed class ResetTests(EngineFixture engine) : IClassFixture<EngineFixture>
{
    [Theory]
    [InlineData(20, 29)]
    [InlineData(15, 24)]
    public async Task EventsBeforeAReset_CountAsTheyWereDecided(long decided, int counted)
    {
        using var database = await TestDatabase.MigratedAsync(engine);
        await using var feed = new Feed(1);
        await feed.EventsAsync(Topics.Events, 0, 20, new Random(1));
        await feed.CommitAsync(Topics.Events, 0, [new SkippedRange(3, 1, SkipReason.Duplicate)], decided);
        await feed.EventsAsync(Topics.Events, 0, 10, new Random(2));
        var reset = new SessionizerCommit
        {
            InputTopic = Topics.Events,
            InputPartition = 0,
            Rules = 1,
            FromOffset = 20,
            ToOffset = 20,
            TopicId = await feed.Log.IdentityAsync(Topics.Events, default),
            Begins = true,
            Writer = 77,
            WriterBefore = feed.Writer,
        };
        await feed.StateAsync(reset);
        await feed.StateAsync(reset with { Begins = false, ToOffset = 30, WriterBefore = 77 });
        await using (new RunningAggregator(database.Options, feed.Log))
            await database.EventuallyAsync("SELECT count(), uniqExact(log_offset), max(log_offset) FROM events", $"{counted}|{counted}|29");
    }
}

using Tidemark.EventLog.Tests.Contract;

namespace Tidemark.EventLog.Tests.Kafka;

/// <summary>Trims while the broker is away, and what is left of them after kill -9.</summary>
public sealed class TrimAtCrashTests(BrokerFixture fixture) : IClassFixture<BrokerFixture>
{
    private static readonly TopicDefinition _events = new("events", 1) { RetentionTime = TimeSpan.FromHours(1), TrimmedByReaders = true };
    private static readonly TopicPartition _partition = new("events", 0);

    [SkippableFact]
    public async Task A_question_that_no_broker_answers_says_so_and_is_answered_when_one_is_back()
    {
        Skip.If(OwnKafka.Why is not null, OwnKafka.Why);
        await using var log = BrokerFixture.Open(fixture.Options, _events);
        await log.Checked.WaitAsync(TimeSpan.FromMinutes(3));
        await log.AppendAsync("events", 0, "a", "b", "c");
        await fixture.Broker.KillAsync();
        try
        {
            await Assert.ThrowsAsync<LogUnavailableException>(() => log.TrimAsync(_partition, 2, default).AsTask());
            await Assert.ThrowsAsync<LogUnavailableException>(() => log.ExpiredAsync(_partition, default).AsTask());
            await Assert.ThrowsAsync<LogUnavailableException>(() => log.PositionAsync("g", _partition, default).AsTask());
        }
        finally
        {
            await fixture.Broker.StartAsync();
        }
        Assert.Equal(2, await AnsweredAsync(() => log.TrimAsync(_partition, 2, default)));
        Assert.Equal(3, await AnsweredAsync(() => log.ExpiredAsync(_partition, default)));
        Assert.Null(await AnsweredAsync(() => log.PositionAsync("g", _partition, default)));
        Assert.Equal(["c"], await log.ReadValuesAsync("events", 0, 2));
    }

    [SkippableFact]
    public async Task After_kill_9_of_the_broker_all_that_was_not_trimmed_is_there_and_the_trim_can_be_repeated()
    {
        Skip.If(OwnKafka.Why is not null, OwnKafka.Why);
        await using var log = BrokerFixture.Open(fixture.Options, _events);
        await log.Checked.WaitAsync(TimeSpan.FromMinutes(3));
        for (var i = 0; i < 20; i++)
            await log.AppendAsync("events", 0, $"{i}");
        Assert.Equal(15, await log.TrimAsync(_partition, 15, default));
        await fixture.Broker.KillAsync();
        await fixture.Broker.StartAsync();
        // The broker may have forgotten the new start; then the records are there again.
        Assert.InRange((await AnsweredAsync(() => log.RangeAsync(_partition, default))).Start, 0, 15);
        Assert.Equal(["15", "16", "17", "18", "19"], await log.ReadValuesAsync("events", 0, 15));
        Assert.Equal(15, await AnsweredAsync(() => log.TrimAsync(_partition, 15, default)));
        Assert.Equal(15, (await log.RangeAsync(_partition, default)).Start);
    }

    private static async Task<T> AnsweredAsync<T>(Func<ValueTask<T>> question)
    {
        for (var until = DateTime.UtcNow.AddMinutes(3); ; await Task.Delay(100))
        {
            try
            {
                return await question();
            }
            catch (LogUnavailableException) when (DateTime.UtcNow < until)
            {
                // Still away.
            }
        }
    }
}

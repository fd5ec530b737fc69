using Microsoft.Extensions.Logging.Abstractions;
using Tidemark.EventLog.Kafka;
using Tidemark.EventLog.Tests.Contract;

namespace Tidemark.EventLog.Tests.Kafka;

/// <summary>No broker at the start, and none for a while later.</summary>
public sealed class BrokerAwayTests(BrokerFixture fixture) : IClassFixture<BrokerFixture>
{
    private static readonly TopicDefinition _events = new("events", 2);
    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(3);

    [SkippableFact]
    public async Task A_log_without_a_broker_refuses_appends_waits_for_it_and_then_works()
    {
        Skip.If(OwnKafka.Why is not null, OwnKafka.Why);
        await fixture.Broker.KillAsync();
        await using var log = BrokerFixture.Open(fixture.Options, _events);
        Assert.Equal(2, log.PartitionCount("events"));
        Assert.NotNull(await log.WhyUnavailableAsync(TimeSpan.FromSeconds(1), CancellationToken.None));
        await Assert.ThrowsAsync<LogUnavailableException>(() => log.AppendAsync("events", 0, "a"));
        using var reader = log.OpenReader(new TopicPartition("events", 0), 0);
        Assert.False(await reader.ReadAsync(TimeSpan.FromMilliseconds(50), CancellationToken.None));
        Assert.False(reader.AtEnd);
        using var leave = new CancellationTokenSource(_patience);
        var group = log.RunGroupAsync("g", ["events"], async (_, _) => await leave.CancelAsync(), leave.Token);
        Assert.False(log.Checked.IsCompleted || group.IsCompleted);

        await fixture.Broker.StartAsync();
        await log.Checked.WaitAsync(_patience);
        await Wait.UntilAsync(async () => await log.WhyUnavailableAsync(TimeSpan.FromSeconds(10), CancellationToken.None) is null, "brokers that answer");
        await log.AppendAsync("events", 0, "b");
        Assert.True(await reader.ReadAsync(_patience, CancellationToken.None));
        await group;
        Assert.Equal(["b"], await log.ReadValuesAsync("events", 0));
    }

    [SkippableFact]
    public async Task A_reader_does_not_claim_to_be_at_the_end_while_the_broker_is_away()
    {
        Skip.If(OwnKafka.Why is not null, OwnKafka.Why);
        await using var log = BrokerFixture.Open(fixture.Options, _events);
        await log.Checked.WaitAsync(_patience);
        await log.AppendAsync("events", 0, "a");
        using var reader = log.OpenReader(new TopicPartition("events", 0), 0);
        Assert.True(await reader.ReadAsync(_patience, CancellationToken.None));
        await reader.ReachEndAsync(CancellationToken.None);

        await fixture.Broker.PauseAsync();
        Assert.False(await reader.ReadAsync(TimeSpan.FromMilliseconds(20), CancellationToken.None));
        Assert.False(reader.AtEnd);
        Assert.Equal(1, reader.End);
        await fixture.Broker.ResumeAsync();

        await fixture.Broker.KillAsync();
        Assert.False(await reader.ReadAsync(TimeSpan.FromMilliseconds(20), CancellationToken.None));
        Assert.False(reader.AtEnd);
        await fixture.Broker.StartAsync();
        await reader.ReachEndAsync(CancellationToken.None);
    }

    [SkippableFact]
    public async Task A_cluster_that_names_no_broker_is_waited_for()
    {
        Skip.If(OwnKafka.Why is not null, OwnKafka.Why);
        await using var log = BrokerFixture.Open(fixture.Options, _events);
        await log.Checked.WaitAsync(_patience);
        // What a broker answers for a moment after it slept so long that it was taken for dead.
        var id = await log.IdentityAsync("events", CancellationToken.None);
        await fixture.Broker.ForgetAsync();
        await Wait.UntilAsync(async () => await log.WhyUnavailableAsync(TimeSpan.FromSeconds(2), CancellationToken.None) is not null, "a log that says that it is unavailable");
        // librdkafka ends the process by an answer that is empty.
        for (var ask = 0; ask < 5; ask++)
            Assert.True(await Record.ExceptionAsync(async () => Assert.Equal(id, await log.IdentityAsync("events", CancellationToken.None))) is null or LogUnavailableException);

        await fixture.Broker.KillAsync();
        await fixture.Broker.StartAsync();
        await Wait.UntilAsync(async () => await log.WhyUnavailableAsync(TimeSpan.FromSeconds(2), CancellationToken.None) is null, "brokers that answer");
        await log.AppendAsync("events", 0, "after");
    }

    [SkippableFact]
    public async Task Appends_are_refused_while_the_broker_is_away_and_work_again_when_it_is_back()
    {
        Skip.If(OwnKafka.Why is not null, OwnKafka.Why);
        await using var log = BrokerFixture.Open(fixture.Options, _events);
        await log.Checked.WaitAsync(_patience);
        await log.AppendAsync("events", 0, "before");
        await fixture.Broker.KillAsync();
        // The first may have to find out; from then on they are refused without being tried.
        await Assert.ThrowsAsync<LogUnavailableException>(() => log.AppendAsync("events", 0, "found out"));
        await Wait.UntilAsync(async () => await log.WhyUnavailableAsync(TimeSpan.FromSeconds(1), CancellationToken.None) is not null, "a log that says that it is unavailable");
        await Assert.ThrowsAsync<LogUnavailableException>(() => log.AppendAsync("events", 0, "refused"));
        await Assert.ThrowsAsync<LogUnavailableException>(() => log.RangeAsync(new TopicPartition("events", 0), CancellationToken.None).AsTask());

        await fixture.Broker.StartAsync();
        await Wait.UntilAsync(async () =>
        {
            try
            {
                await log.AppendAsync("events", 0, "after");
                return true;
            }
            catch (LogUnavailableException)
            {
                return false;
            }
        }, "an append that is taken");
        var values = await log.ReadValuesAsync("events", 0);
        Assert.Equal("before", values[0]);
        Assert.Equal("after", values[^1]);
        Assert.DoesNotContain("refused", values);
    }

    [SkippableFact]
    public async Task What_waits_for_the_brokers_is_bounded()
    {
        Skip.If(OwnKafka.Why is not null, OwnKafka.Why);
        await using var log = KafkaEventLog.Create(
            fixture.Options with { MaxQueuedBytes = 1 << 20 }, [_events], TimeProvider.System, NullLogger.Instance);
        await log.Checked.WaitAsync(_patience);
        await fixture.Broker.PauseAsync();
        var value = new string('v', 100_000);
        var appends = Enumerable.Range(0, 20).Select(_ => log.AppendAsync("events", 0, value)).ToArray();
        try
        {
            var first = await Task.WhenAny(appends);
            Assert.Contains("wait for the brokers", (await Assert.ThrowsAsync<LogUnavailableException>(() => first)).Message);
            Assert.Equal(10, appends.Count(append => !append.IsCompleted));
        }
        finally
        {
            await fixture.Broker.ResumeAsync();
        }
        await Task.WhenAll(appends.Where(append => !append.IsFaulted));
    }
}

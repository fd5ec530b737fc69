using System.Text;
using Tidemark.EventLog.Kafka;
using Tidemark.EventLog.Tests.Contract;

namespace Tidemark.EventLog.Tests.Kafka;

/// <summary>
/// A killed broker comes back as a coordinator that has forgotten an open transaction, while its records and the position that it wanted to commit are still there: nobody ends it, and every
/// reader of committed records waits before it for ever. Seen with a broker that was killed in the moment of an owner's first commit.
/// </summary>
public sealed class HangingTransactionTests(BrokerFixture fixture) : IClassFixture<BrokerFixture>
{
    private static readonly TopicPartition _output = new("sessions", 0);
    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(3);
    private readonly LogLines _messages = new();

    /// <summary>By the same owner, or by the next one; nothing of the forgotten transaction counts.</summary>
    [SkippableTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_transaction_that_the_coordinator_has_forgotten_is_ended_by_the_next_producer(bool anotherOwner)
    {
        Skip.If(OwnKafka.Why is not null, OwnKafka.Why);
        var options = fixture.Options with { SessionTimeout = anotherOwner ? TimeSpan.FromSeconds(6) : _patience };
        await using (var log = await OpenAsync(options))
        {
            using var leave = new CancellationTokenSource(_patience);
            await log.RunGroupAsync("g", ["events"], async (owner, _) =>
            {
                log.BeforeCommit = () =>
                {
                    log.BeforeCommit = null;
                    ForgetAsync(log).Wait();
                };
                // The owner is ready, so the coordinator has its name; the hook keeps that, and not the transaction.
                fixture.Broker.KeepTransactions();
                await Assert.ThrowsAnyAsync<LogException>(() => CommitAsync(owner, "forgotten"));
                if (!anotherOwner)
                    await CommitAsync(owner, "second");
                await leave.CancelAsync();
            }, leave.Token);
        }
        await using var next = await OpenAsync(options);
        if (anotherOwner)
        {
            using var leave = new CancellationTokenSource(_patience);
            await next.RunGroupAsync("g", ["events"], async (owner, _) =>
            {
                await CommitAsync(owner, "second");
                await leave.CancelAsync();
            }, leave.Token);
        }
        Assert.Equal(["second"], await next.ReadValuesAsync("sessions", 0));
        var range = await next.RangeAsync(_output, CancellationToken.None);
        Assert.Equal(range.Written, range.End);
    }

    private async Task ForgetAsync(KafkaEventLog log)
    {
        // The record is there, and open.
        await Wait.ForAsync(() => log.RangeAsync(_output, CancellationToken.None).AsTask(), static range => range.Written != range.End, static () => "a record of an open transaction");
        await fixture.Broker.KillAsync();
        fixture.Broker.ForgetTransactions();
        await fixture.Broker.StartAsync();
    }

    private async Task<KafkaEventLog> OpenAsync(KafkaLogOptions options)
    {
        var log = KafkaEventLog.Create(options, [new TopicDefinition("events", 1), new TopicDefinition("sessions", 1)], TimeProvider.System, _messages);
        await log.Checked.WaitAsync(_patience);
        return log;
    }

    private static async Task CommitAsync(IPartitionOwnership owner, string value)
    {
        using var transaction = owner.Begin();
        transaction.Append(_output, "k"u8, Encoding.UTF8.GetBytes(value), 1);
        await transaction.CommitAsync(1, CancellationToken.None);
    }
}

using System.Text;
using Tidemark.EventLog.Kafka;
using Tidemark.EventLog.Tests.Contract;

namespace Tidemark.EventLog.Tests.Kafka;

/// <summary>Commits whose answer is lost, each way it can have ended.</summary>
public sealed class OutcomeTests(BrokerFixture fixture) : IClassFixture<BrokerFixture>
{
    private static readonly TopicDefinition _events = new("events", 1);
    private static readonly TopicDefinition _sessions = new("sessions", 1);
    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(3);
    private readonly LogLines _messages = new();

    /// <summary>The request reaches a broker that stands still, and is carried out when that one goes on: long after the client has given up.</summary>
    [SkippableFact]
    public async Task A_commit_that_was_carried_out_without_an_answer_is_done()
    {
        Skip.If(OwnKafka.Why is not null, OwnKafka.Why);
        await using var log = await OpenAsync(_patience);
        var tried = 0;
        await OwnAsync(log, async owner =>
        {
            await CommitAsync(owner, "first", 1);
            while (!await TryAsync(owner))
            {
                // Every ten seconds the brokers give up what was left open; here they did, the moment they went on, and before they read the request.
            }
            Assert.Equal(2, owner.Position);
            await CommitAsync(owner, "third", 3);
        });
        Assert.Contains("events/0: the commit to offset 2 is done", _messages.All);
        Assert.Equal(["first", "second", "third"], await log.ReadValuesAsync("sessions", 0));

        async Task<bool> TryAsync(IPartitionOwnership owner)
        {
            log.BeforeCommit = () =>
            {
                log.BeforeCommit = null;
                fixture.Broker.PauseAsync().Wait();
                // Longer than the client waits.
                _ = Task.Delay(TimeSpan.FromSeconds(6)).ContinueWith(_ => fixture.Broker.ResumeAsync(), TaskScheduler.Default).Unwrap();
            };
            try
            {
                await CommitAsync(owner, "second", 2);
                return true;
            }
            catch (LogTransactionAbortedException) when (++tried < 5)
            {
                return false;
            }
        }
    }

    [SkippableFact]
    public async Task A_commit_that_never_reached_the_broker_is_an_abort_and_can_be_repeated()
    {
        Skip.If(OwnKafka.Why is not null, OwnKafka.Why);
        await using var log = await OpenAsync(_patience);
        await OwnAsync(log, async owner =>
        {
            await CommitAsync(owner, "first", 1);
            log.BeforeCommit = () =>
            {
                log.BeforeCommit = null;
                fixture.Broker.KillAsync().Wait();
                // Longer than the client tries.
                _ = Task.Delay(TimeSpan.FromSeconds(6)).ContinueWith(_ => fixture.Broker.StartAsync(), TaskScheduler.Default).Unwrap();
            };
            using var transaction = owner.Begin();
            transaction.Append(new TopicPartition("sessions", 0), "k"u8, "second"u8, 1);
            await Assert.ThrowsAsync<LogTransactionAbortedException>(() => transaction.CommitAsync(2, CancellationToken.None).AsTask());
            Assert.Equal(1, owner.Position);
            // With the same outputs: they were kept.
            await transaction.CommitAsync(2, CancellationToken.None);
            Assert.Equal(2, owner.Position);
        });
        Assert.Contains("events/0: the commit to offset 2 is not done", _messages.All);
        Assert.Equal(["first", "second"], await log.ReadValuesAsync("sessions", 0));
    }

    /// <summary>A position that does not move cannot tell whether the outputs are there.</summary>
    [SkippableFact]
    public async Task A_lost_answer_to_a_commit_without_progress_is_unknown_but_settled()
    {
        Skip.If(OwnKafka.Why is not null, OwnKafka.Why);
        await using var log = await OpenAsync(_patience);
        await OwnAsync(log, async owner =>
        {
            await CommitAsync(owner, "first", 1);
            log.BeforeCommit = () =>
            {
                log.BeforeCommit = null;
                fixture.Broker.PauseAsync().Wait();
                _ = Task.Delay(TimeSpan.FromSeconds(6)).ContinueWith(_ => fixture.Broker.ResumeAsync(), TaskScheduler.Default).Unwrap();
            };
            await Assert.ThrowsAsync<LogOutcomeUnknownException>(() => CommitAsync(owner, "idle", 1));
            // Whatever became of it, it is over: what can be read now is all there will be.
            var range = await log.RangeAsync(new TopicPartition("sessions", 0), CancellationToken.None);
            Assert.Equal(range.Written, range.End);
        });
    }

    [SkippableFact]
    public async Task A_broker_killed_at_any_moment_loses_and_doubles_no_output()
    {
        Skip.If(OwnKafka.Why is not null, OwnKafka.Why);
        const int Events = 400;
        var seed = Seeds.FirstOfRun;
        var random = new Random(seed);
        await using var log = await OpenAsync(TimeSpan.FromSeconds(6));
        await log.AppendAsync("events", 0, Enumerable.Range(0, Events).Select(n => n.ToString()));
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(8));
        var running = OwnAsync(log, owner => CopyAsync(log, owner, Events, limit.Token));
        for (var kill = 0; kill < 3; kill++)
        {
            await Task.Delay(random.Next(100, 2_000));
            await fixture.Broker.KillAsync();
            await Task.Delay(random.Next(3_000));
            await fixture.Broker.StartAsync();
        }
        await running;
        Assert.True(
            Enumerable.Range(0, Events).Select(n => n.ToString()).SequenceEqual(await log.ReadValuesAsync("sessions", 0)), $"seed {seed}");
    }

    /// <summary>One output per event, a few events per transaction; starts again from the committed position after what was rolled back.</summary>
    private static async Task CopyAsync(KafkaEventLog log, IPartitionOwnership owner, int events, CancellationToken cancellation)
    {
        while (owner.Position < events)
        {
            cancellation.ThrowIfCancellationRequested();
            try
            {
                using var reader = log.OpenReader(owner.Partition, owner.Position);
                while (owner.Position < events)
                {
                    if (!await reader.ReadAsync(TimeSpan.FromSeconds(1), cancellation))
                        continue;
                    var values = new List<ReadRecord>();
                    LogSteps.Take(reader.Records, values);
                    foreach (var batch in values.Chunk(5))
                    {
                        using var transaction = owner.Begin();
                        foreach (var record in batch)
                            transaction.Append(new TopicPartition("sessions", 0), "k"u8, Encoding.UTF8.GetBytes(record.Value), 1);
                        await transaction.CommitAsync(batch[^1].Offset + 1, cancellation);
                        await Task.Delay(20, cancellation);
                    }
                }
            }
            catch (Exception failed) when (failed is LogTransactionAbortedException or LogOutcomeUnknownException or LogUnavailableException)
            {
                // From the committed position again.
            }
        }
    }

    private async Task<KafkaEventLog> OpenAsync(TimeSpan sessionTimeout)
    {
        // The membership outlives what is done to the broker here, but for the kills at random moments.
        var log = KafkaEventLog.Create(
            fixture.Options with { SessionTimeout = sessionTimeout }, [_events, _sessions], TimeProvider.System, _messages);
        await log.Checked.WaitAsync(_patience);
        return log;
    }

    private static async Task CommitAsync(IPartitionOwnership owner, string value, long position)
    {
        using var transaction = owner.Begin();
        transaction.Append(new TopicPartition("sessions", 0), "k"u8, Encoding.UTF8.GetBytes(value), 1);
        await transaction.CommitAsync(position, CancellationToken.None);
    }

    private static async Task OwnAsync(KafkaEventLog log, Func<IPartitionOwnership, Task> work)
    {
        using var leave = new CancellationTokenSource();
        await log.RunGroupAsync("g", ["events"], async (owner, _) =>
        {
            try
            {
                await work(owner);
                await leave.CancelAsync();
            }
            catch (LogFencedException)
            {
                // Lost while the broker was away; it will be given again.
            }
        }, leave.Token);
    }
}

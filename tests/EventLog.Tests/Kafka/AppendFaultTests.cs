using System.Collections.Concurrent;
using System.Text;
using Tidemark.EventLog.Kafka;
using Tidemark.EventLog.Tests.Contract;

namespace Tidemark.EventLog.Tests.Kafka;

/// <summary>Appends while the broker is killed, and while the producer breaks: what was acknowledged is there, once, and in the order of its appender.</summary>
public sealed class AppendFaultTests(BrokerFixture fixture) : IClassFixture<BrokerFixture>
{
    private const int Appenders = 4;
    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(3);
    private static readonly TopicDefinition _events = new("events", 2);

    [SkippableFact]
    public async Task A_broker_killed_at_any_moment_loses_nothing_acknowledged_and_doubles_nothing()
    {
        Skip.If(OwnKafka.Why is not null, OwnKafka.Why);
        var seed = Seeds.FirstOfRun;
        var random = new Random(seed);
        await using var log = BrokerFixture.Open(fixture.Options, _events);
        await log.Checked.WaitAsync(_patience);
        await RunAsync(log, $"seed {seed}", async acknowledged =>
        {
            for (var kill = 0; kill < 3; kill++)
            {
                await MoreAsync(acknowledged);
                await Task.Delay(random.Next(1_500));
                await fixture.Broker.KillAsync();
                await Task.Delay(random.Next(2_000));
                await fixture.Broker.StartAsync();
            }
            await MoreAsync(acknowledged);
        });
    }

    [SkippableFact]
    public async Task A_broken_producer_is_replaced()
    {
        Skip.If(OwnKafka.Why is not null, OwnKafka.Why);
        await using var log = BrokerFixture.Open(fixture.Options, _events);
        await log.Checked.WaitAsync(_patience);
        await RunAsync(log, "broken", async acknowledged =>
        {
            for (var broken = 0; broken < 5; broken++)
            {
                await MoreAsync(acknowledged);
                log.BreakProducer();
            }
            await MoreAsync(acknowledged);
        });
    }

    private static async Task RunAsync(KafkaEventLog log, string when, Func<Func<int>, Task> faults)
    {
        var acknowledged = new ConcurrentDictionary<string, long>();
        using var stop = new CancellationTokenSource();
        var appenders = Enumerable.Range(0, Appenders).Select(appender => Task.Run(async () =>
        {
            for (var i = 0; !stop.IsCancellationRequested; i++)
            {
                // What failed is given up, not sent again: so nothing may be there twice.
                using var request = log.NewAppend("events");
                for (var j = 0; j < 10; j++)
                    request.AddTo(appender % 2, "k"u8, Encoding.UTF8.GetBytes($"{appender}:{i}:{j}"), DateTimeOffset.UtcNow.ToUnixTimeMilliseconds());
                try
                {
                    await log.AppendAsync(request, CancellationToken.None);
                    acknowledged[$"{appender}:{i}"] = request.BaseOffset(appender % 2);
                }
                catch (LogUnavailableException)
                {
                    await Task.Delay(20);
                }
            }
        })).ToArray();
        var reading = Task.WhenAll(Enumerable.Range(0, 2).Select(partition => ReadAsync(log, partition, stop.Token)));
        await faults(() => acknowledged.Count);
        await stop.CancelAsync();
        await Task.WhenAll(appenders);
        var seenMeanwhile = await reading;

        for (var partition = 0; partition < 2; partition++)
        {
            var records = await log.ReadAllAsync("events", partition);
            // One value per offset, for ever.
            Assert.Equal(records.Take(seenMeanwhile[partition].Count), seenMeanwhile[partition]);
            Assert.True(records.Select(record => record.Value).Distinct().Count() == records.Count, $"a record is there twice, {when}");
            var offsets = records.ToDictionary(record => record.Value, record => record.Offset);
            foreach (var (append, offset) in acknowledged.Where(append => int.Parse(append.Key.Split(':')[0]) % 2 == partition))
            {
                var found = Enumerable.Range(0, 10).Select(j => offsets.GetValueOrDefault($"{append}:{j}", -1)).ToArray();
                Assert.True(found[0] >= 0 && (offset == -1 || offset == found[0]), $"{append} was acknowledged at {offset} and is at {found[0]}, {when}");
                Assert.True(found.Zip(found.Skip(1)).All(pair => pair.First < pair.Second), $"{append} is not whole or not in order, {when}");
            }
            foreach (var appender in records.GroupBy(record => record.Value.Split(':')[0]))
            {
                var order = appender.Select(record => record.Value.Split(':').Select(int.Parse).ToArray()).Select(parts => parts[1] * 10L + parts[2]).ToList();
                Assert.True(order.Order().SequenceEqual(order), $"appender {appender.Key} is out of order, {when}");
            }
        }
    }

    /// <summary>Appends are acknowledged, again or still.</summary>
    private static async Task MoreAsync(Func<int> acknowledged)
    {
        var before = acknowledged();
        await Wait.UntilAsync(() => acknowledged() >= before + 20, "appends that are acknowledged");
    }

    private static async Task<List<ReadRecord>> ReadAsync(KafkaEventLog log, int partition, CancellationToken stop)
    {
        using var reader = log.OpenReader(new TopicPartition("events", partition), 0);
        var records = new List<ReadRecord>();
        while (!stop.IsCancellationRequested)
        {
            if (await reader.ReadAsync(TimeSpan.FromMilliseconds(100), CancellationToken.None))
                LogSteps.Take(reader.Records, records);
        }
        return records;
    }
}

using System.Text;
using System.Text.Json;
using Confluent.Kafka;
using Tidemark.Contracts;
using Tidemark.EventLog.Kafka.Native;
using Tidemark.Kafka.Testing;

namespace Tidemark.Collector.Tests.IntakeTopic.Kafka;

/// <summary>What other people's clients send to the topic on a real broker.</summary>
public sealed class KafkaSenderTests : IAsyncLifetime
{
    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(2);

    private readonly string _prefix = KafkaServer.NewPrefix();
    private KafkaServer _server = null!;
    private IntakeRun _run = null!;

    private string Topic => _prefix + Topics.Intake;

    public async Task InitializeAsync()
    {
        _server = await KafkaServer.FindAsync();
        if (_server.Why is null)
            _run = await IntakeRun.OnKafkaAsync(_server.BootstrapServers!, _prefix);
    }

    [SkippableFact]
    public async Task ConfluentKafka()
    {
        Skip.If(_server.Why is not null, _server.Why);
        var mixed = MixedMessages.OfBytes("confluent");
        await _run.StartAsync();
        using (var producer = Producer(new ProducerConfig()))
        {
            foreach (var (value, key) in mixed.All)
                producer.Produce(new TopicPartition(Topic, 1), Message(value, key));
            producer.Flush(_patience);
        }
        await AssertTakenAsync(mixed, 1);
    }

    [SkippableFact]
    public async Task KafkaJs()
    {
        Skip.If(_server.Why is not null, _server.Why);
        Skip.IfNot(Shell.Has("npm"), "no npm: install Node.js 18 or later");
        var failed = await Tool.RunAsync("npm", ["ci", "--no-audit", "--no-fund"], Tool.NodeFolder);
        Skip.If(failed is not null, "npm cannot install kafkajs here, give it a package registry: " + failed);
        var mixed = MixedMessages.OfBytes("kafkajs");
        await _run.StartAsync();
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, JsonSerializer.Serialize(mixed.All.Select(m => new { value = m.Value, key = m.Key, partition = 2 })));
            Assert.Null(await Tool.RunAsync("node", ["send.mjs", _server.BootstrapServers!, Topic, file], Tool.NodeFolder));
        }
        finally
        {
            File.Delete(file);
        }
        await AssertTakenAsync(mixed, 2);
    }

    [SkippableFact]
    public async Task JavasConsoleProducer()
    {
        Skip.If(_server.Why is not null, _server.Why);
        Skip.If(OwnKafka.Why is not null, OwnKafka.Why);
        // One key for all, so that Java's partitioner puts all into the partition that ours names.
        var mixed = MixedMessages.OfLines("java", "k");
        await _run.StartAsync();
        var lines = string.Concat(mixed.All.Select(m => $"{m.Key}\t{Encoding.UTF8.GetString(m.Value!)}\n"));
        Assert.Null(await Tool.RunAsync(
            OwnKafka.Script,
            [
                "console-producer", "--bootstrap-server", _server.BootstrapServers!, "--topic", Topic, "--reader-property", "parse.key=true", "--reader-property", "key.separator=\t",
                "--command-property", "max.request.size=4194304", "--command-property", "max.in.flight.requests.per.connection=1",
            ],
            input: lines));
        await AssertTakenAsync(mixed, EventLog.Partitioner.PartitionOf("k"u8, IntakeRun.Partitions));
    }

    [SkippableFact]
    public async Task ATransactionalSender_IsReadWhenItCommits_AndNeverWhenItAborts()
    {
        Skip.If(_server.Why is not null, _server.Why);
        await _run.StartAsync();
        var place = new TopicPartition(Topic, 0);
        using (var producer = Producer(new ProducerConfig { TransactionalId = _prefix + "sender" }))
        {
            producer.InitTransactions(_patience);
            foreach (var visitor in new[] { "committed-1", "aborted", "committed-2" })
            {
                producer.BeginTransaction();
                producer.Produce(place, Message(Encoding.UTF8.GetBytes($$"""{"event":"e","anonymousId":"{{visitor}}","writeKey":"live"}"""), null));
                if (visitor == "aborted")
                    producer.AbortTransaction();
                else
                    producer.CommitTransaction();
            }
        }
        using (var producer = Producer(new ProducerConfig()))
        {
            // So that the last offset is a record's: markers take offsets too.
            producer.Produce(place, Message("""{"event":"e","anonymousId":"last","writeKey":"live"}"""u8.ToArray(), null));
            producer.Flush(_patience);
        }
        await _run.DrainAsync();
        Assert.Equal(["committed-1", "committed-2", "last"], (await _run.EventsAsync()).Select(e => e.VisitorId).Order(StringComparer.Ordinal));
        Assert.Empty(await _run.RejectedAsync());
    }

    public async Task DisposeAsync()
    {
        if (_server.Why is not null)
            return;
        await _run.DisposeAsync();
        await _server.DeleteTopicsAsync(_prefix);
    }

    private async Task AssertTakenAsync(MixedMessages mixed, int partition)
    {
        await _run.DrainAsync();
        Assert.Equal(mixed.All.Count, _run.Log.Committed[new EventLog.TopicPartition(Topics.Intake, partition)]);
        var events = await _run.EventsAsync();
        Assert.Equal(mixed.Accepted.Order(StringComparer.Ordinal), events.Select(e => e.VisitorId).Order(StringComparer.Ordinal));
        Assert.Equal(events.Count, events.Select(e => e.EventId).Distinct().Count());
        Assert.Equal(mixed.Rejected(partition), await _run.RejectedAsync());
    }

    private IProducer<byte[]?, byte[]?> Producer(ProducerConfig config)
    {
        _ = KafkaLibrary.Version;
        config.BootstrapServers = _server.BootstrapServers;
        config.Acks = Acks.All;
        config.MaxInFlight = 1;
        config.MessageMaxBytes = 4 << 20;
        config.CompressionType = CompressionType.Zstd;
        return new ProducerBuilder<byte[]?, byte[]?>(config).Build();
    }

    private static Message<byte[]?, byte[]?> Message(byte[]? value, string? key) => new() { Value = value, Key = key is null ? null : Encoding.UTF8.GetBytes(key) };
}

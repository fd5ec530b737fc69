using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Tidemark.EventLog.Kafka;
using Tidemark.EventLog.Tests.Contract;
using Tidemark.Kafka.Testing;

namespace Tidemark.EventLog.Tests.Kafka;

/// <summary>What expires by timestamps as producers and transactions leave them, and what a trim may and may not do there.</summary>
public sealed class TrimTests : IAsyncLifetime
{
    private static readonly TimeSpan _age = TimeSpan.FromHours(5);
    private static readonly TopicDefinition _events = new("events", 2) { RetentionTime = _age, TrimmedByReaders = true };
    private static readonly TopicPartition _partition = new("events", 0);
    private readonly string _prefix = KafkaServer.NewPrefix();
    private KafkaServer _server = null!;

    [SkippableFact]
    public async Task Of_times_that_do_not_ascend_the_first_young_record_keeps_what_follows()
    {
        await using var log = await OpenAsync(_events);
        using var producer = Producer();
        foreach (var hours in (int[])[9, 7, 1, 9, 9, 2])
            await ProduceAsync(producer, hours);
        Assert.Equal(2, await log.ExpiredAsync(_partition, default));
        Assert.Equal(2, await log.TrimAsync(_partition, 2, default));
        Assert.Equal(["1", "9", "9", "2"], await log.ReadValuesAsync("events", 0, 2));
    }

    [SkippableFact]
    public async Task Old_records_of_transactions_expire_though_their_markers_are_new()
    {
        await using var log = await OpenAsync(_events);
        using var producer = Producer("t");
        producer.InitTransactions(TimeSpan.FromMinutes(1));
        producer.BeginTransaction();
        await ProduceAsync(producer, 9);
        await ProduceAsync(producer, 8);
        producer.CommitTransaction();
        // 0 and 1 are records, 2 is the marker of now.
        var expired = await log.ExpiredAsync(_partition, default);
        Assert.InRange(expired, 2, 3);
        Assert.Equal(expired, await log.TrimAsync(_partition, expired, default));
        Assert.Empty(await log.ReadValuesAsync("events", 0, expired));
    }

    [SkippableFact]
    public async Task Nothing_behind_the_committed_end_expires_or_is_trimmed()
    {
        await using var log = await OpenAsync(_events);
        using var producer = Producer();
        using var open = Producer("t");
        await ProduceAsync(producer, 9);
        open.InitTransactions(TimeSpan.FromMinutes(1));
        open.BeginTransaction();
        await ProduceAsync(open, 8);
        await ProduceAsync(producer, 7);
        Assert.Equal(new LogRange(0, 1, 3), await log.RangeAsync(_partition, default));
        Assert.Equal(1, await log.ExpiredAsync(_partition, default));
        Assert.Equal(1, await log.TrimAsync(_partition, 3, default));
        open.CommitTransaction();
        Assert.Equal(["8", "7"], await log.ReadValuesAsync("events", 0, 1));
    }

    [SkippableFact]
    public async Task What_the_brokers_refuse_for_good_is_told_as_a_setting()
    {
        await using var log = await OpenAsync(_events);
        using var producer = Producer();
        await ProduceAsync(producer, 9);
        using (var admin = Admin())
        {
            await admin.IncrementalAlterConfigsAsync(new()
            {
                [new ConfigResource { Type = ResourceType.Topic, Name = $"{_prefix}events" }] =
                    [new ConfigEntry { Name = "cleanup.policy", Value = "compact", IncrementalOperation = AlterConfigOpType.Set }],
            });
        }
        // The partition's leader hears of it a moment later.
        Exception? refused = null;
        for (var until = DateTime.UtcNow.AddMinutes(2); refused is null && DateTime.UtcNow < until; await Task.Delay(50))
        {
            await ProduceAsync(producer, 9);
            refused = await Record.ExceptionAsync(async () => await log.TrimAsync(_partition, (await log.RangeAsync(_partition, default)).End, default));
        }
        Assert.Contains("cleanup.policy with delete", Assert.IsType<LogSettingsException>(refused).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_size_that_Kafka_cannot_tell_is_refused_at_once()
    {
        var error = Assert.Throws<LogSettingsException>(() => BrokerFixture.Open(new KafkaLogOptions { BootstrapServers = "localhost:1" }, _events with { RetentionBytes = 1 << 30 }));
        Assert.Contains("The topic events", error.Message, StringComparison.Ordinal);
    }

    public async Task InitializeAsync() => _server = await KafkaServer.FindAsync();

    public async Task DisposeAsync()
    {
        if (_server.Why is null)
            await _server.DeleteTopicsAsync(_prefix);
    }

    private KafkaLogOptions Options => new() { BootstrapServers = _server.BootstrapServers!, TopicPrefix = _prefix };

    private async Task<KafkaEventLog> OpenAsync(TopicDefinition topic, KafkaLogOptions? options = null)
    {
        Skip.If(_server.Why is not null, _server.Why);
        var log = BrokerFixture.Open(options ?? Options, topic);
        await log.Checked.WaitAsync(TimeSpan.FromMinutes(3));
        return log;
    }

    private IAdminClient Admin() => new AdminClientBuilder(new AdminClientConfig { BootstrapServers = _server.BootstrapServers }).Build();

    private IProducer<string, string> Producer(string? transactions = null) => new ProducerBuilder<string, string>(
        new ProducerConfig { BootstrapServers = _server.BootstrapServers, TransactionalId = transactions is null ? null : _prefix + transactions }).Build();

    private Task<DeliveryResult<string, string>> ProduceAsync(IProducer<string, string> producer, int hoursAgo) => producer.ProduceAsync(
        new Confluent.Kafka.TopicPartition($"{_prefix}events", 0),
        new Message<string, string> { Key = "k", Value = $"{hoursAgo}", Timestamp = new Timestamp(DateTimeOffset.UtcNow.AddHours(-hoursAgo)) });
}

using System.Diagnostics;
using Confluent.Kafka;
using Microsoft.Extensions.Logging.Abstractions;
using Tidemark.EventLog.Kafka;
using Tidemark.EventLog.Tests.Contract;
using Tidemark.Kafka.Testing;

namespace Tidemark.EventLog.Tests.Kafka;

/// <summary>What other clients write is read, and what is written here is what they read.</summary>
public sealed class OtherClientsTests : IAsyncLifetime
{
    private static readonly TopicDefinition _events = new("events", 4);
    private readonly string _prefix = KafkaServer.NewPrefix();
    private KafkaServer _server = null!;

    [SkippableFact]
    public async Task A_key_lands_on_the_partition_that_Javas_producer_chooses()
    {
        Skip.If(_server.Why is not null, _server.Why);
        Skip.If(OwnKafka.Why is not null, OwnKafka.Why);
        await using var log = await OpenAsync();
        var keys = Enumerable.Range(0, 200).Select(i => $"visitor-{i * 7919}-é").ToList();
        await OwnKafka.ToolAsync(
            string.Concat(keys.Select(key => $"{key}|value\n")),
            "console-producer", "--bootstrap-server", _server.BootstrapServers!, "--topic", $"{_prefix}events",
            "--reader-property", "parse.key=true", "--reader-property", "key.separator=|");
        var found = 0;
        for (var partition = 0; partition < _events.Partitions; partition++)
        {
            foreach (var record in await log.ReadAllAsync("events", partition))
            {
                Assert.Equal(partition, Partitioner.PartitionOf(System.Text.Encoding.UTF8.GetBytes(record.Key), _events.Partitions));
                found++;
            }
        }
        Assert.Equal(keys.Count, found);
    }

    [SkippableFact]
    public async Task Empty_and_missing_keys_and_values_are_read_as_empty()
    {
        Skip.If(_server.Why is not null, _server.Why);
        await using var log = await OpenAsync();
        using (var producer = new ProducerBuilder<byte[]?, byte[]?>(new ProducerConfig { BootstrapServers = _server.BootstrapServers }).Build())
        {
            var place = new Confluent.Kafka.TopicPartition($"{_prefix}events", 0);
            await producer.ProduceAsync(place, new Message<byte[]?, byte[]?> { Key = null, Value = null });
            await producer.ProduceAsync(place, new Message<byte[]?, byte[]?> { Key = [], Value = [] });
            await producer.ProduceAsync(place, new Message<byte[]?, byte[]?> { Key = [65], Value = [66] });
        }
        Assert.Equal([("", ""), ("", ""), ("A", "B")], (await log.ReadAllAsync("events", 0)).Select(record => (record.Key, record.Value)));
    }

    [SkippableFact]
    public async Task What_was_aborted_or_is_open_is_passed_over_and_waited_for()
    {
        Skip.If(_server.Why is not null, _server.Why);
        await using var log = await OpenAsync();
        var place = new Confluent.Kafka.TopicPartition($"{_prefix}events", 0);
        var partition = new TopicPartition("events", 0);
        using var producer = new ProducerBuilder<Null, string>(
            new ProducerConfig { BootstrapServers = _server.BootstrapServers, TransactionalId = $"{_prefix}other" }).Build();
        producer.InitTransactions(TimeSpan.FromMinutes(1));
        await TransactAsync("aborted", commit: false);
        await TransactAsync("committed", commit: true);
        producer.BeginTransaction();
        await producer.ProduceAsync(place, new Message<Null, string> { Value = "open" });
        await log.AppendAsync("events", 0, "behind it");

        using var reader = log.OpenReader(partition, 0);
        var records = new List<ReadRecord>();
        while (!reader.AtEnd)
        {
            if (await reader.ReadAsync(TimeSpan.FromMilliseconds(50), CancellationToken.None))
                LogSteps.Take(reader.Records, records);
        }
        // 0 aborted, 1 its marker, 2 committed, 3 its marker; 4 open, 5 behind it.
        Assert.Equal([(2, "committed")], records.Select(record => (record.Offset, record.Value)));
        Assert.Equal(4, reader.Position);
        Assert.Equal(new LogRange(0, 4, 6), await log.RangeAsync(partition, CancellationToken.None));
        Assert.False(await reader.ReadAsync(TimeSpan.FromMilliseconds(50), CancellationToken.None));

        producer.CommitTransaction();
        for (var clock = Stopwatch.StartNew(); records.Count < 3 && clock.Elapsed < TimeSpan.FromMinutes(1);)
        {
            if (await reader.ReadAsync(TimeSpan.FromMilliseconds(100), CancellationToken.None))
                LogSteps.Take(reader.Records, records);
        }
        Assert.Equal([(2, "committed"), (4, "open"), (5, "behind it")], records.Select(record => (record.Offset, record.Value)));

        async Task TransactAsync(string value, bool commit)
        {
            producer.BeginTransaction();
            await producer.ProduceAsync(place, new Message<Null, string> { Value = value });
            if (commit)
                producer.CommitTransaction();
            else
                producer.AbortTransaction();
        }
    }

    [SkippableFact]
    public async Task A_read_that_only_moves_over_markers_returns_early()
    {
        Skip.If(_server.Why is not null, _server.Why);
        await using var log = await OpenAsync();
        using (var producer = new ProducerBuilder<Null, string>(
            new ProducerConfig { BootstrapServers = _server.BootstrapServers, TransactionalId = $"{_prefix}other" }).Build())
        {
            producer.InitTransactions(TimeSpan.FromMinutes(1));
            producer.BeginTransaction();
            await producer.ProduceAsync(new Confluent.Kafka.TopicPartition($"{_prefix}events", 0), new Message<Null, string> { Value = "aborted" });
            producer.AbortTransaction();
        }
        using var reader = log.OpenReader(new TopicPartition("events", 0), 0);
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        Assert.False(await reader.ReadAsync(TimeSpan.FromHours(1), limit.Token));
        Assert.Equal((2L, true), (reader.Position, reader.AtEnd));
    }

    [SkippableFact]
    public async Task A_trace_travels_with_the_first_record_of_each_partition()
    {
        Skip.If(_server.Why is not null, _server.Why);
        const string Trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        await using var log = await OpenAsync();
        await log.AppendAsync("events", 0, "not sampled");
        using (var request = log.NewAppend("events"))
        {
            request.Trace = Trace;
            foreach (var partition in (int[])[0, 0, 1])
                request.AddTo(partition, "k"u8, "v"u8, 1);
            await log.AppendAsync(request, CancellationToken.None);
        }
        await log.AppendAsync("events", 0, "not sampled");
        Assert.Equal([new LogTrace(1, Trace)], await TracesAsync(0));
        Assert.Equal([new LogTrace(0, Trace)], await TracesAsync(1));

        async Task<List<LogTrace>> TracesAsync(int partition)
        {
            using var reader = log.OpenReader(new TopicPartition("events", partition), 0);
            var traces = new List<LogTrace>();
            while (!reader.AtEnd)
            {
                if (await reader.ReadAsync(TimeSpan.FromSeconds(1), CancellationToken.None))
                    traces.AddRange(reader.Traces);
            }
            return traces;
        }
    }

    public async Task InitializeAsync() => _server = await KafkaServer.FindAsync();

    public async Task DisposeAsync()
    {
        if (_server.Why is null)
            await _server.DeleteTopicsAsync(_prefix);
    }

    private async Task<KafkaEventLog> OpenAsync()
    {
        var log = KafkaEventLog.Create(
            new KafkaLogOptions { BootstrapServers = _server.BootstrapServers!, TopicPrefix = _prefix }, [_events], TimeProvider.System, NullLogger.Instance);
        await log.Checked;
        return log;
    }
}

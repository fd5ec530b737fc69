using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Tidemark.EventLog.Kafka;
using Tidemark.Kafka.Testing;

namespace Tidemark.EventLog.Tests.Kafka;

/// <summary>Topics are made with what was asked for, and one that differs is named and refused.</summary>
public sealed class TopicTests : IAsyncLifetime
{
    private readonly string _prefix = KafkaServer.NewPrefix();
    private KafkaServer _server = null!;

    [SkippableFact]
    public async Task Topics_are_made_with_the_settings_asked_for()
    {
        Skip.If(_server.Why is not null, _server.Why);
        await using (await OpenAsync(
            Options with { Retention = TimeSpan.FromDays(90) },
            new("kept", 1), new("events", 3) { RetentionTime = TimeSpan.FromDays(30) }, new("live", 2) { Compacted = true }, new("mixed", 1) { Compacted = true, RetentionTime = TimeSpan.FromDays(1), RetentionBytes = 1 << 20 },
            new("trimmed", 1) { RetentionTime = TimeSpan.FromDays(1), TrimmedByReaders = true }, new("slots", 1) { Compacted = true, TrimmedByReaders = true }))
        {
        }
        Assert.Equal(("delete", "-1", "-1", "CreateTime"), await SettingsAsync("trimmed"));
        Assert.Equal(("compact,delete", "-1", "-1", "CreateTime"), await SettingsAsync("slots"));
        // Whatever the option says: the topic's definition has none.
        Assert.Equal(("delete", "-1", "-1", "CreateTime"), await SettingsAsync("kept"));
        Assert.Equal(("delete", "2592000000", "-1", "CreateTime"), await SettingsAsync("events"));
        Assert.Equal(("compact", "-1", "-1", "CreateTime"), await SettingsAsync("live"));
        Assert.Equal(("compact,delete", "86400000", "1048576", "CreateTime"), await SettingsAsync("mixed"));
    }

    [SkippableFact]
    public async Task Services_that_start_at_the_same_time_make_the_topics_once()
    {
        Skip.If(_server.Why is not null, _server.Why);
        var topics = Enumerable.Range(0, 5).Select(i => new TopicDefinition($"t{i}", 4)).ToArray();
        var logs = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => OpenAsync(Options, topics)));
        foreach (var log in logs)
            await log.DisposeAsync();
    }

    [SkippableTheory]
    [InlineData("retention.ms", "1000")]
    [InlineData("cleanup.policy", "compact")]
    [InlineData("message.timestamp.type", "LogAppendTime")]
    [InlineData("max.message.bytes", "1000000")]
    public async Task A_topic_with_another_setting_is_refused_by_name(string setting, string value)
    {
        Skip.If(_server.Why is not null, _server.Why);
        using (var admin = Admin())
            await admin.CreateTopicsAsync([new TopicSpecification { Name = $"{_prefix}events", NumPartitions = 2, ReplicationFactor = 1, Configs = new() { ["max.message.bytes"] = "9000000", [setting] = value } }]);
        var error = await Assert.ThrowsAsync<LogSettingsException>(() => OpenAsync(Options, new TopicDefinition("events", 2)));
        Assert.Contains($"{_prefix}events", error.Message, StringComparison.Ordinal);
        Assert.Contains($"{setting}={value}", error.Message, StringComparison.Ordinal);
    }

    [SkippableTheory]
    [InlineData("retention.ms", "86400000")]
    [InlineData("retention.bytes", "1000000")]
    public async Task A_topic_that_brokers_cut_is_refused_where_its_readers_trim_it(string setting, string value)
    {
        Skip.If(_server.Why is not null, _server.Why);
        using (var admin = Admin())
            await admin.CreateTopicsAsync([new TopicSpecification { Name = $"{_prefix}events", NumPartitions = 2, ReplicationFactor = 1, Configs = new() { ["max.message.bytes"] = "9000000", ["retention.ms"] = "-1", [setting] = value } }]);
        var error = await Assert.ThrowsAsync<LogSettingsException>(() => OpenAsync(Options, new TopicDefinition("events", 2) { RetentionTime = TimeSpan.FromDays(1), TrimmedByReaders = true }));
        Assert.Contains($"{_prefix}events has {setting}={value}", error.Message, StringComparison.Ordinal);
        Assert.Contains($"kafka-configs --alter --topic {_prefix}events --add-config {setting}=-1", error.Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task A_topic_that_got_more_partitions_is_refused()
    {
        Skip.If(_server.Why is not null, _server.Why);
        await using (await OpenAsync(Options, new TopicDefinition("events", 2)))
        {
        }
        using (var admin = Admin())
        {
            await admin.CreatePartitionsAsync([new PartitionsSpecification { Topic = $"{_prefix}events", IncreaseTo = 5 }]);
            // What the controller has written the broker tells a moment later.
            await Wait.UntilAsync(() => admin.GetMetadata($"{_prefix}events", TimeSpan.FromMinutes(1)).Topics[0].Partitions.Count == 5, "the topic's new partitions");
        }
        var error = await Assert.ThrowsAsync<LogSettingsException>(() => OpenAsync(Options, new TopicDefinition("events", 2)));
        Assert.Contains("5 partitions and 2 are asked for", error.Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task What_needs_the_topics_says_what_is_wrong_with_them()
    {
        Skip.If(_server.Why is not null, _server.Why);
        await using (await OpenAsync(Options, new TopicDefinition("events", 2)))
        {
        }
        await using var log = BrokerFixture.Open(Options, new TopicDefinition("events", 3));
        await Assert.ThrowsAsync<LogSettingsException>(() => log.RunGroupAsync("g", ["events"], (_, _) => Task.CompletedTask, CancellationToken.None));
        using var reader = log.OpenReader(new TopicPartition("events", 0), 0);
        await Assert.ThrowsAsync<LogSettingsException>(() => reader.ReadAsync(TimeSpan.FromMinutes(2), CancellationToken.None).AsTask());
        Assert.Contains("2 partitions and 3 are asked for", await log.WhyUnavailableAsync(TimeSpan.FromSeconds(1), CancellationToken.None), StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task A_topic_that_is_deleted_is_missed_by_name()
    {
        Skip.If(_server.Why is not null, _server.Why);
        await using var log = await OpenAsync(Options, new TopicDefinition("events", 2), new TopicDefinition("other", 1));
        Assert.Null(await log.WhyUnavailableAsync(TimeSpan.FromMinutes(1), CancellationToken.None));
        using (var admin = Admin())
            await admin.DeleteTopicsAsync([$"{_prefix}other"]);
        var why = await Wait.ForAsync(async () => await log.WhyUnavailableAsync(TimeSpan.FromSeconds(10), CancellationToken.None), static why => why is not null, static () => "a log that misses the topic");
        Assert.Contains($"{_prefix}other is gone", why, StringComparison.Ordinal);
        // Who appends hears it too, and at once.
        await Wait.UntilAsync(
            async () =>
            {
                using var append = log.NewAppend("events");
                append.AddTo(0, "k"u8, "v"u8, 1);
                var failure = await Record.ExceptionAsync(() => log.AppendAsync(append, CancellationToken.None).AsTask());
                return failure is LogUnavailableException refused && refused.Message.Contains("other is gone", StringComparison.Ordinal);
            },
            "an append that is refused");
    }

    [SkippableFact]
    public async Task A_topic_that_is_made_anew_has_another_identity()
    {
        Skip.If(_server.Why is not null, _server.Why);
        await using var log = await OpenAsync(Options, new TopicDefinition("events", 2), new TopicDefinition("other", 1));
        var (first, other) = (await log.IdentityAsync("events", default), await log.IdentityAsync("other", default));
        Assert.NotEqual(first, other);
        using (var admin = Admin())
            await admin.DeleteTopicsAsync([$"{_prefix}events"]);
        await Wait.UntilAsync(async () => await Record.ExceptionAsync(() => log.IdentityAsync("events", default).AsTask()) is LogUnavailableException, "a log that misses the topic");
        Assert.Equal(other, await log.IdentityAsync("other", default));
        await (await OpenAsync(Options, new TopicDefinition("events", 2))).DisposeAsync();
        var second = await log.IdentityAsync("events", default);
        Assert.NotEqual(first, second);
        // As Kafka's own tools show it.
        using var client = Admin();
        var id = (await client.DescribeTopicsAsync(TopicCollection.OfTopicNames([$"{_prefix}events"]))).TopicDescriptions[0].TopicId;
        var bytes = System.Buffers.Text.Base64Url.DecodeFromChars(second);
        Assert.Equal((long)id.MostSignificantBits, System.Buffers.Binary.BinaryPrimitives.ReadInt64BigEndian(bytes));
        Assert.Equal((long)id.LeastSignificantBits, System.Buffers.Binary.BinaryPrimitives.ReadInt64BigEndian(bytes.AsSpan(8)));
    }

    [Fact]
    public void Wrong_options_are_told_all_at_once()
    {
        var error = Assert.Throws<LogSettingsException>(() => BrokerFixture.Open(
            new KafkaLogOptions { BootstrapServers = " ", Partitions = 0, MinInsyncReplicas = 2, SecurityProtocol = "SaslSsl", TopicPrefix = "a b" }, new TopicDefinition("t", 1)));
        foreach (var option in (string[])["BootstrapServers", "Partitions", "MinInsyncReplicas", "SaslMechanism", "TopicPrefix"])
            Assert.Contains(option, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_of_certificates_that_is_not_there_is_told_with_the_rest()
    {
        var error = Assert.Throws<LogSettingsException>(() => BrokerFixture.Open(
            new KafkaLogOptions { BootstrapServers = "localhost:1", Partitions = 0, SecurityProtocol = "Ssl", SslCaLocation = "/nowhere/ca.pem" }, new TopicDefinition("t", 1)));
        Assert.Contains("Partitions", error.Message, StringComparison.Ordinal);
        Assert.Contains("SslCaLocation: there is no file /nowhere/ca.pem", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_of_certificates_that_holds_none_is_a_wrong_setting()
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, "not a certificate");
            var error = Assert.Throws<LogSettingsException>(() => BrokerFixture.Open(
                new KafkaLogOptions { BootstrapServers = "localhost:1", SecurityProtocol = "Ssl", SslCaLocation = file }, new TopicDefinition("t", 1)));
            Assert.Contains("ssl.ca.location", error.Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(file);
        }
    }

    public async Task InitializeAsync() => _server = await KafkaServer.FindAsync();

    public async Task DisposeAsync()
    {
        if (_server.Why is null)
            await _server.DeleteTopicsAsync(_prefix);
    }

    private KafkaLogOptions Options => new() { BootstrapServers = _server.BootstrapServers!, TopicPrefix = _prefix };

    private static async Task<KafkaEventLog> OpenAsync(KafkaLogOptions options, params TopicDefinition[] topics)
    {
        var log = BrokerFixture.Open(options, topics);
        try
        {
            await log.Checked.WaitAsync(TimeSpan.FromMinutes(3));
            return log;
        }
        catch
        {
            await log.DisposeAsync();
            throw;
        }
    }

    private IAdminClient Admin() => new AdminClientBuilder(new AdminClientConfig { BootstrapServers = _server.BootstrapServers }).Build();

    private async Task<(string Policy, string Time, string Bytes, string Timestamps)> SettingsAsync(string topic)
    {
        using var admin = Admin();
        var entries = (await admin.DescribeConfigsAsync([new ConfigResource { Type = ResourceType.Topic, Name = _prefix + topic }]))[0].Entries;
        return (entries["cleanup.policy"].Value, entries["retention.ms"].Value, entries["retention.bytes"].Value, entries["message.timestamp.type"].Value);
    }
}

using Microsoft.Extensions.Logging.Abstractions;
using Tidemark.EventLog.Kafka;
using Tidemark.Kafka.Testing;

namespace Tidemark.EventLog.Tests.Kafka;

/// <summary>A broker for the tests of a class that kill and pause it; they leave it running.</summary>
public sealed class BrokerFixture : IAsyncLifetime
{
    internal OwnKafka Broker { get; } = new();

    internal KafkaLogOptions Options => new()
    {
        BootstrapServers = Broker.BootstrapServers,
        TopicPrefix = KafkaServer.NewPrefix(),
        SessionTimeout = TimeSpan.FromSeconds(6),
        TransactionTimeout = TimeSpan.FromSeconds(5),
        AppendTimeout = TimeSpan.FromSeconds(20),
    };

    internal static KafkaEventLog Open(KafkaLogOptions options, params IReadOnlyList<TopicDefinition> topics) =>
        KafkaEventLog.Create(options, topics, TimeProvider.System, NullLogger.Instance);

    public async Task InitializeAsync()
    {
        if (OwnKafka.Why is null)
            await Broker.StartAsync();
    }

    public async Task DisposeAsync()
    {
        if (OwnKafka.Why is null)
            await Broker.DisposeAsync();
    }
}

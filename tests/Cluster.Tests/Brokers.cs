using Tidemark.LoadTests.Product;

namespace Tidemark.Cluster.Tests;

/// <summary>A broker for all tests that do not harm it: the one that the environment names, or one of their own; none with a reason to skip by.</summary>
public sealed class Brokers : IAsyncLifetime
{
    private KafkaBroker? _broker;

    private static string? Why { get; } = Environment.GetEnvironmentVariable("KAFKA_BOOTSTRAP_SERVERS") is { Length: > 0 } ? null : OwnKafka.Why;

    /// <summary>The broker; skips the test when there is none.</summary>
    internal KafkaBroker Broker
    {
        get
        {
            Skip.If(_broker is null, Why);
            return _broker!;
        }
    }

    public async Task InitializeAsync() => _broker = Why is null ? await KafkaBroker.FindAsync() : null;

    public async Task DisposeAsync()
    {
        if (_broker is not null)
            await _broker.DisposeAsync();
    }
}

[CollectionDefinition(nameof(Brokers))]
public sealed class BrokersGroup : ICollectionFixture<Brokers>;

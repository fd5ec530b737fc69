using Tidemark.Testing;

namespace Tidemark.LoadTests.Product;

/// <summary>A Kafka to run against: the one that <c>KAFKA_BOOTSTRAP_SERVERS</c> names, or one broker of its own, which may be killed and started again.</summary>
internal sealed class KafkaBroker : IAsyncDisposable
{
    private readonly OwnKafka? _own;

    private KafkaBroker(string bootstrap, OwnKafka? own) => (Bootstrap, _own) = (bootstrap, own);

    internal string Bootstrap { get; }

    /// <summary>True when the broker is this one's own to kill.</summary>
    internal bool IsOwn => _own is not null;

    /// <summary>Process of an own broker.</summary>
    internal int Id => _own!.Id;

    /// <summary>Bytes of the records on an own broker's disk; its indexes are files of a fixed size that is mostly not used.</summary>
    internal long LogBytes => _own is null ? 0 : ProcessFigures.FolderBytes(_own.Folder, "*.log");

    internal static async Task<KafkaBroker> StartOwnAsync()
    {
        if (OwnKafka.Why is { } why)
            throw new InvalidOperationException(why);
        var own = new OwnKafka(heap: "1g");
        await own.StartAsync();
        return new KafkaBroker(own.BootstrapServers, own);
    }

    /// <summary>The broker of the environment if it names one, else an own one.</summary>
    internal static async Task<KafkaBroker> FindAsync() =>
        Environment.GetEnvironmentVariable("KAFKA_BOOTSTRAP_SERVERS") is { Length: > 0 } bootstrap ? new KafkaBroker(bootstrap, null) : await StartOwnAsync();

    /// <summary>kill -9 of an own broker.</summary>
    internal Task KillAsync() => _own!.KillAsync();

    /// <summary>Starts a killed broker with its data; returns when it answers.</summary>
    internal Task StartAgainAsync() => _own!.StartAsync();

    public async ValueTask DisposeAsync()
    {
        if (_own is not null)
            await _own.DisposeAsync();
    }
}

using Tidemark.Testing;

namespace Tidemark.LoadTests.Product;

/// <summary>A Kafka to run against: the one that <c>KAFKA_BOOTSTRAP_SERVERS</c> names, or brokers of its own, which may be killed and started again.</summary>
internal sealed class KafkaBroker : IAsyncDisposable
{
    private readonly OwnKafka? _own;

    private KafkaBroker(string bootstrap, OwnKafka? own) => (Bootstrap, _own) = (bootstrap, own);

    internal string Bootstrap { get; }

    /// <summary>True when the broker is this one's own to kill.</summary>
    internal bool IsOwn => _own is not null;

    /// <summary>Process of the first own broker.</summary>
    internal int Id => _own!.Id;

    /// <summary>Bytes of the records on an own broker's disk; its indexes are files of a fixed size that is mostly not used.</summary>
    internal long LogBytes => _own is null ? 0 : ProcessFigures.FolderBytes(_own.Folder, "*.log");

    /// <summary>Brokers of an own Kafka.</summary>
    internal int Nodes => _own!.Nodes;

    /// <param name="nodes">Brokers: one, or three with three copies of everything. Several have a small heap each.</param>
    internal static async Task<KafkaBroker> StartOwnAsync(int nodes = 1)
    {
        if (OwnKafka.Why is { } why)
            throw new InvalidOperationException(why);
        var own = new OwnKafka(heap: nodes == 1 ? "1g" : "384m", nodes);
        await own.StartAsync();
        return new KafkaBroker(own.BootstrapServers, own);
    }

    /// <summary>The broker of the environment if it names one, else an own one.</summary>
    internal static async Task<KafkaBroker> FindAsync() =>
        Environment.GetEnvironmentVariable("KAFKA_BOOTSTRAP_SERVERS") is { Length: > 0 } bootstrap ? new KafkaBroker(bootstrap, null) : await StartOwnAsync();

    /// <summary>kill -9 of all own brokers.</summary>
    internal Task KillAsync() => _own!.KillAsync();

    /// <summary>kill -9 of one own broker, from 1.</summary>
    internal Task KillAsync(int node) => _own!.KillAsync(node);

    /// <summary>SIGSTOP of one own broker, from 1.</summary>
    internal Task PauseAsync(int node) => _own!.PauseAsync(node);

    /// <summary>SIGCONT of one own broker, from 1.</summary>
    internal Task ResumeAsync(int node) => _own!.ResumeAsync(node);

    /// <summary>Copies what own brokers said into a folder.</summary>
    internal void KeepWords(string folder)
    {
        for (var node = 1; _own is not null && node <= _own.Nodes; node++)
        {
            foreach (var log in Directory.GetFiles(Path.Combine(_own.Folder, $"node{node}"), "log*"))
                File.Copy(log, Path.Combine(folder, $"broker {node}.{Path.GetFileName(log)}"));
        }
    }

    /// <summary>Starts the brokers that were killed, with their data; returns when they answer.</summary>
    internal Task StartAgainAsync() => _own!.StartAsync();

    public async ValueTask DisposeAsync()
    {
        if (_own is not null)
            await _own.DisposeAsync();
    }
}

using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Tidemark.LoadTests.Scenarios;
using Tidemark.Testing;

namespace Tidemark.LoadTests.Product;

/// <summary>
/// The cluster edition on one machine: a Kafka, the local edition's <c>engine</c> as ClickHouse, and any number of collectors, sessionizers and aggregators, each a process.
/// Topics have a prefix of their own, so that several runs share a broker.
/// </summary>
internal sealed class ClusterProduct : IProduct, IAsyncDisposable
{
    private const string WriterPassword = "TIDEMARK_WRITER_PASSWORD";

    private readonly string _folder = Directory.CreateTempSubdirectory("tidemark-cluster-").FullName;
    private readonly string _password = NewPassword();
    private readonly Dictionary<string, string> _engineEnvironment;
    private readonly Dictionary<string, string> _settings;
    private readonly int _sqlPort = FreePort.Take();

    internal ClusterProduct(KafkaBroker broker, int partitions, IReadOnlyDictionary<string, string>? settings = null)
    {
        Broker = broker;
        Prefix = $"t{RandomNumberGenerator.GetHexString(8, lowercase: true)}.";
        Partitions = partitions;
        SqlThrough = _sqlPort;
        _settings = new(settings ?? new Dictionary<string, string>())
        {
            ["Kafka__BootstrapServers"] = broker.Bootstrap,
            ["Kafka__TopicPrefix"] = Prefix,
            ["Kafka__Partitions"] = partitions.ToString(CultureInfo.InvariantCulture),
            ["Http__Address"] = "127.0.0.1",
        };
        Engine = new ChildProcess("engine", "tidemark.dll", ["engine", "--sql-port", Text(_sqlPort), "--data", Path.Combine(_folder, "engine")],
            _engineEnvironment = new() { [WriterPassword] = _password }, new Uri($"http://127.0.0.1:{_sqlPort}/ping"));
        Http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 64, UseProxy = false }) { Timeout = TimeSpan.FromSeconds(40) };
    }

    internal KafkaBroker Broker { get; }

    /// <summary>In front of every topic, group and transactional id.</summary>
    internal string Prefix { get; }

    internal int Partitions { get; }

    internal ChildProcess Engine { get; }

    public string Edition => "cluster edition";

    public string Key => "cluster-key";

    public HttpClient Http { get; }

    internal IReadOnlyList<ServiceInstance> Collectors { get; private set; } = [];

    internal IReadOnlyList<ServiceInstance> Sessionizers { get; private set; } = [];

    internal IReadOnlyList<ServiceInstance> Aggregators { get; private set; } = [];

    internal IEnumerable<ServiceInstance> Services => Collectors.Concat(Sessionizers).Concat(Aggregators);

    internal int SqlPort => _sqlPort;

    /// <summary>The port at which aggregators reach ClickHouse; a proxy's, for faults on the link. Set it before they are added.</summary>
    internal int SqlThrough { get; set; }

    internal async Task StartAsync(int collectors, int sessionizers, int aggregators, CancellationToken cancellation)
    {
        Engine.Start();
        var started = new List<ServiceInstance>();
        for (var i = 0; i < collectors; i++)
            started.Add(AddCollector());
        for (var i = 0; i < sessionizers; i++)
            started.Add(AddSessionizer());
        await Engine.ReadyAsync(ChildProcess.Patience, cancellation);
        for (var i = 0; i < aggregators; i++)
            started.Add(AddAggregator());
        foreach (var service in started)
            service.Process.Start();
        foreach (var service in started)
            await service.Process.ReadyAsync(ChildProcess.Patience, cancellation);
    }

    /// <summary>A setting of the services that are added from now on.</summary>
    internal void Set(string key, string value) => _settings[key.Replace(":", "__", StringComparison.Ordinal)] = value;

    /// <summary>A further collector, not started.</summary>
    internal ServiceInstance AddCollector()
    {
        var added = New("Collector", Collectors.Count, new()
        {
            ["Collector__Projects__0__Name"] = "local",
            ["Collector__Projects__0__Keys__0__Key"] = "cluster-key",
            ["Collector__Projects__0__Keys__0__History"] = "true",
        });
        Collectors = [.. Collectors, added];
        return added;
    }

    /// <summary>A further sessionizer, not started.</summary>
    internal ServiceInstance AddSessionizer()
    {
        var added = New("Sessionizer", Sessionizers.Count, []);
        Sessionizers = [.. Sessionizers, added];
        return added;
    }

    /// <summary>A further aggregator, not started.</summary>
    internal ServiceInstance AddAggregator()
    {
        var added = New("Aggregator", Aggregators.Count, new()
        {
            ["Aggregator__ClickHouseUrl"] = $"http://127.0.0.1:{SqlThrough}/",
            ["Aggregator__User"] = "writer",
            ["Aggregator__Password"] = _password,
        });
        Aggregators = [.. Aggregators, added];
        return added;
    }

    /// <summary>Waits for the work, and for no longer than every service that nobody stopped runs.</summary>
    internal async Task WhileAllRunAsync(Task work)
    {
        while (!work.IsCompleted)
        {
            if (Services.Select(static service => service.Process).FirstOrDefault(static process => process.EndedByItself) is { } ended)
                throw new ScenarioFailedException($"{ended.Name} ended by itself with status {ended.Status}\n{ended.LastWords}");
            await Task.WhenAny(work, Task.Delay(200));
        }
        await work;
    }

    public IReadOnlyList<Uri> Doors(string path) => [.. Collectors.Where(c => c.Process.IsRunning).Select(c => c.Door(path))];

    public IReadOnlyList<(string Name, int Id)> Processes() =>
        [
            .. Services.Where(service => service.Process.IsRunning).Select(service => (service.Process.Name, service.Process.Id)),
            // The command only watches over it.
            (Engine.Name, Engine.Children().Single()),
            .. Broker.IsOwn ? [("kafka", Broker.Id)] : Array.Empty<(string, int)>(),
        ];

    public IReadOnlyList<(string What, long Bytes)> Disk() =>
        [("clickhouse", ProcessFigures.FolderBytes(Path.Combine(_folder, "engine", "clickhouse"))), .. Broker.IsOwn ? [("kafka", Broker.LogBytes)] : Array.Empty<(string, long)>()];

    /// <summary>kill -9 of the engine and of the command that would start it again.</summary>
    internal void KillEngine()
    {
        var children = Engine.Children();
        Engine.Kill();
        foreach (var child in children)
        {
            try
            {
                using var process = Process.GetProcessById(child);
                process.Kill();
                process.WaitForExit();
            }
            catch (ArgumentException)
            {
                // It has ended with its parent.
            }
        }
    }

    /// <summary>Starts the engine anew with the aggregators' password, or with one that they do not know.</summary>
    internal async Task RestartEngineAsync(bool knownPassword, CancellationToken cancellation)
    {
        await Engine.TerminateAsync(TimeSpan.FromMinutes(1));
        _engineEnvironment[WriterPassword] = knownPassword ? _password : NewPassword();
        await Engine.StartReadyAsync(cancellation);
    }

    /// <summary>Has the tables refuse every insert as those of a full disk do, with NOT_ENOUGH_SPACE, while they can be read; or takes that back.</summary>
    internal async Task RefuseInsertsAsync(bool refuse, CancellationToken cancellation)
    {
        foreach (var table in (await SqlAsync("SELECT name FROM system.tables WHERE database = 'tidemark' AND engine LIKE '%MergeTree'", cancellation)).Split('\n'))
        {
            var change = refuse ? $"MODIFY SETTING min_free_disk_bytes_to_perform_insert = {1L << 60}" : "RESET SETTING min_free_disk_bytes_to_perform_insert";
            await SqlAsync($"ALTER TABLE {table} {change}", $"user=writer&password={_password}", cancellation);
        }
    }

    public Task<string> SqlAsync(string query, CancellationToken cancellation) => SqlAsync(query, "user=reader", cancellation);

    private async Task<string> SqlAsync(string query, string login, CancellationToken cancellation)
    {
        using var answer = await Http.PostAsync(
            new Uri($"http://127.0.0.1:{_sqlPort}/?database=tidemark&{login}&default_format=TSVRaw"), new StringContent(query), cancellation);
        var text = await answer.Content.ReadAsStringAsync(cancellation);
        return answer.IsSuccessStatusCode ? text.TrimEnd('\n') : throw new InvalidOperationException(text);
    }

    /// <summary>For whoever looks for the reason of a failure: what each service said, its metrics and its health, as files of a folder that stays.</summary>
    internal async Task<string> KeepWordsAsync(CancellationToken cancellation)
    {
        var folder = Directory.CreateTempSubdirectory("tidemark-words-").FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "engine.log"), Engine.Said, cancellation);
        Broker.KeepWords(folder);
        foreach (var service in Services)
        {
            await File.WriteAllTextAsync(Path.Combine(folder, service.Process.Name + ".log"), service.Process.Said, cancellation);
            foreach (var page in service.Process.IsRunning ? (string[])["metrics", "health/ready"] : [])
            {
                try
                {
                    using var said = await Http.GetAsync(service.Door($"/{page}"), cancellation);
                    await File.WriteAllTextAsync(Path.Combine(folder, $"{service.Process.Name}.{page.Replace('/', '-')}"), await said.Content.ReadAsStringAsync(cancellation), cancellation);
                }
                catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
                {
                    // Its log has to do.
                }
            }
        }
        return folder;
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(Services.Select(service => service.Process.DisposeAsync().AsTask()));
        await Engine.DisposeAsync();
        Http.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private ServiceInstance New(string service, int before, Dictionary<string, string> own)
    {
        var port = FreePort.Take();
        foreach (var (key, value) in _settings)
        {
            // Settings of one service are errors to another.
            if (key.StartsWith($"{service}__", StringComparison.Ordinal) || key.StartsWith("Kafka__", StringComparison.Ordinal) || key.StartsWith("Http__", StringComparison.Ordinal)
                || key.StartsWith("Telemetry__", StringComparison.Ordinal) || key.StartsWith("Shutdown__", StringComparison.Ordinal) || key.StartsWith("Logging__", StringComparison.Ordinal))
                own.TryAdd(key, value);
        }
        own["Http__Port"] = Text(port);
        return new ServiceInstance(new ChildProcess($"{service.ToLowerInvariant()} {before + 1}", $"tidemark-{service.ToLowerInvariant()}.dll", [], own, new Uri($"http://127.0.0.1:{port}/health/ready")), port);
    }

    private static string NewPassword() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(12));

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}

/// <summary>One process of a service and where it listens.</summary>
internal sealed record ServiceInstance(ChildProcess Process, int Port)
{
    internal Uri Door(string path) => new($"http://127.0.0.1:{Port}{path}");
}

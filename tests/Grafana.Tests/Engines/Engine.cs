using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Tidemark.Aggregator;
using Tidemark.ClickHouse.Embedded.Supervision;
using Tidemark.Grafana.Tests.Queries;

namespace Tidemark.Grafana.Tests.Engines;

/// <summary>A real engine for rows that are made by hand; every test takes a migrated database of its own.</summary>
public sealed class Engine : IAsyncLifetime
{
    private const string Password = "test-writer";

    private readonly string _folder = Directory.CreateTempSubdirectory("tidemark-grafana-engine-").FullName;
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false });
    private readonly int _port = FreePort.Take();
    private EngineProcess _process = null!;
    private int _databases;

    private Uri Url => new($"http://127.0.0.1:{_port}");

    public async Task InitializeAsync()
    {
        _process = new EngineProcess(
            new EngineProcessOptions
            {
                FileName = "dotnet",
                Arguments = [Path.Combine(AppContext.BaseDirectory, "tidemark.dll"), "engine", "--supervised", "--data", _folder, "--sql-port", $"{_port}"],
                Port = _port,
                WriterPassword = Password,
            },
            NullLogger.Instance,
            TimeProvider.System);
        await _process.StartAsync(CancellationToken.None);
    }

    public async Task DisposeAsync()
    {
        await _process.DisposeAsync();
        _http.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>The migrated database, and how the plugin asks it.</summary>
    internal async Task<(string Database, PluginClient Client)> NewDatabaseAsync()
    {
        var name = $"grafana_{Interlocked.Increment(ref _databases)}";
        await AggregatorSchema.MigrateAsync(
            new AggregatorOptions { ClickHouseUrl = Url, User = "writer", Password = Password, Database = name }, TimeProvider.System, Random.Shared, NullLogger.Instance, CancellationToken.None);
        return (name, new PluginClient(Url, name));
    }

    internal async Task ExecuteAsync(string database, string sql)
    {
        using var answer = await _http.PostAsync(new Uri(Url, $"/?database={database}&user=writer&password={Password}"), new StringContent(sql));
        if (!answer.IsSuccessStatusCode)
            throw new InvalidOperationException($"{await answer.Content.ReadAsStringAsync()}\nfor\n{sql}");
    }
}

[CollectionDefinition(nameof(Engine))]
public sealed class EngineGroup : ICollectionFixture<Engine>;

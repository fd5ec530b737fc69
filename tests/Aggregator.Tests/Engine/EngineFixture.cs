using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Tidemark.ClickHouse.Embedded.Supervision;

namespace Tidemark.Aggregator.Tests.Engine;

/// <summary>One real engine for a class of tests; every test takes a database of its own.</summary>
public sealed class EngineFixture : IAsyncLifetime
{
    private const string Password = "test-writer";

    private readonly string _folder = Directory.CreateTempSubdirectory("aggregator-tests-").FullName;
    private EngineProcess? _process;
    private int _databases;

    public int Restarts { get; private set; }

    public Uri Url => new($"http://127.0.0.1:{Port}/");

    private int Port { get; } = FreePort.Take();

    public Task InitializeAsync() => StartAsync();

    public async Task DisposeAsync()
    {
        await _process!.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Settings for a database that no other test uses.</summary>
    public AggregatorOptions NewDatabase(string? name = null) => new()
    {
        ClickHouseUrl = Url,
        User = "writer",
        Password = Password,
        Database = $"{name ?? "t"}_{Interlocked.Increment(ref _databases)}",
        SmallInterval = TimeSpan.FromMilliseconds(10),
        LargeInterval = TimeSpan.FromMilliseconds(10),
        RequestTimeout = TimeSpan.FromMinutes(2),
    };

    /// <summary>kill -9 of the engine's process, and a new one on the same folder and port once that is gone.</summary>
    public async Task KillAsync()
    {
        using (var process = System.Diagnostics.Process.GetProcessById(_process!.ProcessId))
            process.Kill();
        // The supervisor's own restart would wait longer with each kill.
        await _process.DisposeAsync();
        await StartAsync();
        Restarts++;
    }

    private async Task StartAsync()
    {
        var options = new EngineProcessOptions
        {
            FileName = Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet",
            Arguments = [typeof(Program).Assembly.Location, "engine", Path.Combine(_folder, "data"), Port.ToString()],
            Port = Port,
            WriterPassword = Password,
        };
        _process = new EngineProcess(options, NullLogger.Instance, TimeProvider.System);
        await _process.StartAsync(CancellationToken.None);
    }
}

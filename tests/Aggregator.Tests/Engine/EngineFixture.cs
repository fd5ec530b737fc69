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

    public EngineProcess Process => _process!;

    public Uri Url => new($"http://127.0.0.1:{Port}/");

    private int Port { get; } = FreePort();

    public async Task InitializeAsync()
    {
        var options = new EngineProcessOptions
        {
            FileName = Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet",
            Arguments = [typeof(Program).Assembly.Location, "engine", Path.Combine(_folder, "data"), Port.ToString()],
            Port = Port,
            WriterPassword = Password,
            RestartDelay = TimeSpan.FromMilliseconds(20),
        };
        _process = new EngineProcess(options, NullLogger.Instance, TimeProvider.System);
        await _process.StartAsync(CancellationToken.None);
    }

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
        RequestTimeout = TimeSpan.FromSeconds(30),
    };

    /// <summary>kill -9 of the engine's process; it is started again by its supervisor.</summary>
    public void Kill()
    {
        try
        {
            using var process = System.Diagnostics.Process.GetProcessById(_process!.ProcessId);
            process.Kill();
        }
        catch (ArgumentException)
        {
            // It is between two lives.
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

using Microsoft.Extensions.Logging.Abstractions;
using Tidemark.ClickHouse.Embedded.Supervision;

namespace Tidemark.ClickHouse.Embedded.Tests.Attacks;

/// <summary>An engine with canaries around it.</summary>
public abstract class AttackTarget(string command, params string[] switches) : IAsyncLifetime
{
    readonly string _root = Directory.CreateTempSubdirectory("attacks-").FullName;
    readonly int _port = FreePort.Take();
    EngineProcess? _engine;
    Canaries? _canaries;
    int _process;

    /// <summary>Of the user writer; it may come out nowhere.</summary>
    public string Password { get; } = "pw" + Guid.NewGuid().ToString("N");

    /// <summary>False: the engine's own grants and settings are left, or only what its process denies itself.</summary>
    public bool DoorChecks { get; } = switches.Length == 0;

    internal HttpClient Http { get; private set; } = null!;

    internal Canaries Canaries => _canaries!;

    internal int ProcessId => _process;

    /// <summary>Whether the process that was started is still the one that answers.</summary>
    internal bool IsAlive => _engine!.ProcessId == _process && _engine.Restarts == 0;

    internal EngineLists Lists { get; private set; } = null!;

    /// <summary>Past the door nothing but the system holds, where it can: Linux 6.7 and later.</summary>
    internal void SkipUnlessHeld() => Skip.IfNot(DoorChecks || _engine!.Confinement is { IsComplete: true }, $"this system does not confine the engine: {_engine!.Confinement?.Missing}");

    public async Task InitializeAsync()
    {
        _canaries = new Canaries(_root);
        Directory.CreateDirectory(_canaries.EngineFolder);
        // Names inside of the engine's folder that lead out of it.
        File.CreateSymbolicLink(Path.Combine(_canaries.EngineFolder, "link.txt"), _canaries.File);
        File.CreateSymbolicLink(Path.Combine(_canaries.EngineFolder, "link"), _canaries.Folder);
        _engine = new EngineProcess(new EngineProcessOptions
        {
            FileName = "dotnet",
            Arguments = [EngineFixture.HostPath, command, _canaries.EngineFolder, _port.ToString(), .. switches],
            Port = _port,
            WriterPassword = Password,
            // Without confinement nothing but a kill ends it.
            StopTimeout = command == "serve" ? TimeSpan.FromSeconds(8) : TimeSpan.Zero,
        }, NullLogger.Instance, TimeProvider.System);
        await _engine.StartAsync(CancellationToken.None);
        _process = _engine.ProcessId;
        Http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 64, UseProxy = false })
        {
            BaseAddress = new Uri($"http://127.0.0.1:{_port}"),
            Timeout = Timeout.InfiniteTimeSpan,
        };
        Lists = await EngineLists.ReadAsync(Http);
        // Of the start itself.
        _canaries.Look([]);
    }

    public async Task DisposeAsync()
    {
        Http?.Dispose();
        if (_engine is not null)
            await _engine.DisposeAsync();
        _canaries?.Dispose();
        Directory.Delete(_root, recursive: true);
    }
}

/// <summary>The door alone, before an engine that is not confined: what it lets through would be stopped, and not be noticed.</summary>
public sealed class DoorTarget() : AttackTarget("plain");

/// <summary>The engine whose door lets everything through.</summary>
public sealed class NoDoorTarget() : AttackTarget("serve", "--no-door-checks");

/// <summary>The engine without its grants and constant settings either: the system's confinement is all that is left.</summary>
public sealed class ConfinedTarget() : AttackTarget("serve", "--no-door-checks", "--no-engine-checks");

using System.Reflection;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Tidemark.ClickHouse.Embedded;
using Tidemark.ClickHouse.Embedded.Supervision;
using Tidemark.Local.Configuration;

namespace Tidemark.Local.Hosting;

/// <summary>The engine as a child process: this same program with the command <c>engine</c>.</summary>
internal sealed class EngineChild : IAsyncDisposable
{
    /// <summary>How long the engine of a process that was killed may take to notice and to leave the folder.</summary>
    public static readonly TimeSpan PredecessorTime = TimeSpan.FromSeconds(20);

    /// <summary>Others look for free ports at the same time; so many in a row are another trouble.</summary>
    private const int MostPorts = 5;

    private readonly EngineProcess _process;

    /// <param name="password">Of the user writer; null makes one.</param>
    public EngineChild(LocalOptions options, int port, ILogger logger, string? password = null)
    {
        Password = password ?? Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24));
        var (file, arguments) = OwnProgram();
        _process = new EngineProcess(
            new EngineProcessOptions
            {
                FileName = file,
                Arguments =
                [
                    .. arguments, "engine", "--supervised", "--data", options.Data, "--sql-port", port.ToString(System.Globalization.CultureInfo.InvariantCulture),
                    "--engine-memory", options.EngineMemory.ToString(System.Globalization.CultureInfo.InvariantCulture),
                    .. List(nameof(LocalOptions.AllowedHosts), options.AllowedHosts), .. List(nameof(LocalOptions.SqlAllowedOrigins), options.SqlAllowedOrigins),
                ],
                Port = port,
                WriterPassword = Password,
                StopTimeout = TimeSpan.FromSeconds(3),
            },
            logger,
            TimeProvider.System);
    }

    public string Password { get; }

    /// <summary>Whether it answers, to the way that readers take as well.</summary>
    public Task<bool> IsReadyAsync(CancellationToken cancellation) => _process.AnswersReadersAsync(cancellation);

    public int Port => _process.Address.Port;

    /// <summary>What the system does not keep the engine from, for health; null when it is fully confined.</summary>
    public string? ConfinementWarning => _process.Confinement?.Warning;

    /// <summary>Starts one on a port that was free a moment ago.</summary>
    public static async Task<EngineChild> StartAnywhereAsync(LocalOptions options, ILogger logger, CancellationToken cancellation)
    {
        for (var attempt = 1; ; attempt++)
        {
            var engine = new EngineChild(options, Ports.Free(), logger);
            try
            {
                await engine.StartAsync(cancellation);
                return engine;
            }
            catch (CommandFailedException e) when (e.InnerException is EngineException { Failure: EngineFailure.PortTaken } && attempt < MostPorts)
            {
                await engine.DisposeAsync();
            }
            catch
            {
                await engine.DisposeAsync();
                throw;
            }
        }
    }

    public async Task StartAsync(CancellationToken cancellation)
    {
        var since = System.Diagnostics.Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                await _process.StartAsync(cancellation);
                return;
            }
            catch (EngineException e) when (e.Failure == EngineFailure.FolderInUse && System.Diagnostics.Stopwatch.GetElapsedTime(since) < PredecessorTime)
            {
                await Task.Delay(200, cancellation);
            }
            catch (EngineException e)
            {
                throw new CommandFailedException(e.Message, e);
            }
            catch (System.ComponentModel.Win32Exception e)
            {
                throw new CommandFailedException($"the engine's process could not be started: {Quoted.Text(e.Message)}");
            }
        }
    }

    // A comma alone is an empty list, and keeps the child from looking for one elsewhere; an empty argument would not outlive the child's start anew.
    private static string[] List(string option, IReadOnlyList<string> values) => [OptionTable.Own(option).OnCommandLine, values.Count == 0 ? "," : string.Join(',', values)];

    /// <summary>How this program is started once more: its own executable, or dotnet with its assembly (<c>dotnet tidemark.dll</c>, tests).</summary>
    internal static (string File, string[] Arguments) OwnProgram()
    {
        var assembly = Assembly.GetExecutingAssembly();
        var running = Environment.ProcessPath ?? "dotnet";
        var name = Path.GetFileNameWithoutExtension(running);
        if (name.Equals(assembly.GetName().Name, StringComparison.OrdinalIgnoreCase))
            return (running, []);
        var dotnet = name.Equals("dotnet", StringComparison.OrdinalIgnoreCase) ? running : Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        return (dotnet, [Path.Combine(AppContext.BaseDirectory, assembly.GetName().Name + ".dll")]);
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();
}

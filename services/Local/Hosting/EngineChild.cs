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
    private static readonly TimeSpan PredecessorTime = TimeSpan.FromSeconds(20);

    private readonly EngineProcess _process;

    public EngineChild(LocalOptions options, int port, ILogger logger)
    {
        Password = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24));
        var (file, arguments) = OwnProgram();
        _process = new EngineProcess(
            new EngineProcessOptions
            {
                FileName = file,
                Arguments =
                [
                    .. arguments, "engine", "--supervised", "--data", options.Data, "--sql-port", port.ToString(System.Globalization.CultureInfo.InvariantCulture),
                    "--engine-memory", options.EngineMemory.ToString(System.Globalization.CultureInfo.InvariantCulture),
                    $"--{OptionTable.AllowedHosts.Name}", string.Join(',', options.AllowedHosts), $"--{OptionTable.SqlAllowedOrigins.Name}", string.Join(',', options.SqlAllowedOrigins),
                ],
                Port = port,
                WriterPassword = Password,
                StopTimeout = TimeSpan.FromSeconds(3),
            },
            logger,
            TimeProvider.System);
    }

    public string Password { get; }

    public bool IsReady => _process.IsReady;

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
                throw new CommandFailedException(e.Message);
            }
            catch (System.ComponentModel.Win32Exception e)
            {
                throw new CommandFailedException($"the engine's process could not be started: {Quoted.Text(e.Message)}");
            }
        }
    }

    /// <summary>How this program is started once more: its own executable, or dotnet with its assembly (<c>dotnet Local.dll</c>, tests).</summary>
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

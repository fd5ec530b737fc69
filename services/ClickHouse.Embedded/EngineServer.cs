using System.Net;
using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Tidemark.ClickHouse.Embedded.Confinement;
using Tidemark.ClickHouse.Embedded.Hosting;
using Tidemark.ClickHouse.Embedded.Http;
using Tidemark.HttpHardening;

namespace Tidemark.ClickHouse.Embedded;

/// <summary>
/// The engine behind ClickHouse's HTTP interface, for a process of its own (the `engine` command): opens every connection, then
/// listens on 127.0.0.1 and serves until cancelled or until its parent is gone.
/// </summary>
public sealed class EngineServer(EngineOptions options)
{
    readonly TaskCompletionSource<int> _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);
    bool _isChild;

    /// <summary>The port, once it listens.</summary>
    public Task<int> Listening => _listening.Task;

    /// <summary>What the system keeps this process from; nothing before it listens, nor in a process that is not the engine's own.</summary>
    public ConfinementState Confinement { get; private set; } = new(false, false, false, "it runs in the process of its caller");

    /// <summary>
    /// The life of the engine's process, to be called before anything else in it, with the process's own arguments kept as they are. In order: take the
    /// folder, write the configuration, restrict files and connections, execute itself (<see cref="FirstStage"/>); then read the writer's password from
    /// standard input, open the connections, listen, filter the calls, take requests; end when standard input does.
    /// </summary>
    /// <exception cref="EngineException">It cannot start.</exception>
    public static async Task RunChildAsync(EngineOptions options)
    {
        using var folder = FirstStage.Enter(options);
        var server = new EngineServer(options with { WriterPassword = ParentPipe.ReadPassword() }) { _isChild = true };
        await server.RunLockedAsync(CancellationToken.None).ConfigureAwait(false);
    }

    /// <summary>
    /// Serves in the calling process until <paramref name="cancellation"/>, without confinement: that would hold for the caller too. Everything that serves
    /// people uses <see cref="RunChildAsync"/>.
    /// </summary>
    /// <exception cref="EngineException">It cannot start.</exception>
    public async Task RunAsync(CancellationToken cancellation)
    {
        using var folder = DataFolder.Lock(options.DataPath);
        EngineConfiguration.Write(options);
        await RunLockedAsync(cancellation).ConfigureAwait(false);
    }

    async Task RunLockedAsync(CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        if (_isChild)
            ParentPipe.Watch(stop, options.DrainTimeout);
        // Ctrl-C goes to the whole process group: a child leaves when its parent has drained and closes the pipe.
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => Stop(signal, _isChild ? null : stop));
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal => Stop(signal, stop));
        var engine = await EmbeddedEngine.StartAsync(options).ConfigureAwait(false);
        EngineException? failure = null;
        try
        {
            await ServeAsync(engine, stop.Token).ConfigureAwait(false);
        }
        catch (EngineException e)
        {
            failure = e;
            throw;
        }
        finally
        {
            // A query that does not end in time would abort the engine's exit: leave without its destructors, and with what there is to say.
            if (!engine.Close(options.DrainTimeout))
            {
                if (failure is not null)
                    await Console.Error.WriteLineAsync(failure.Message).ConfigureAwait(false);
                ParentPipe.LeaveNow((int)(failure?.Failure ?? 0));
            }
        }
    }

    static void Stop(PosixSignalContext signal, CancellationTokenSource? stop)
    {
        signal.Cancel = true;
        stop?.Cancel();
    }

    async Task ServeAsync(EmbeddedEngine engine, CancellationToken stop)
    {
        // Nothing is read from files or variables. The usual builders look for appsettings.json in the current folder and watch all that is below it.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory, EnvironmentName = Environments.Production });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.ConfigureDoors(options.Doors);
            kestrel.Listen(IPAddress.Loopback, options.Port, HalfClosedConnections.Keep);
        });
        builder.Services.AddDoors();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = options.DrainTimeout);
        await using var app = builder.Build();
        var queries = new QueryHandler(engine, options);
        app.UseDoorChecks(EngineDoors.Rules(options));
        app.Run(async http =>
        {
            // The port listens before the last lock is on.
            await _open.Task.ConfigureAwait(false);
            await EngineRoutes.RouteAsync(http, queries, Confinement).ConfigureAwait(false);
        });
        try
        {
            await app.StartAsync(stop).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Told to stop before everything was up: as good a stop as any.
            return;
        }
        catch (IOException e)
        {
            throw new EngineException(EngineFailure.PortTaken, $"port {options.Port} of 127.0.0.1 is taken: end what uses it, or choose another one", e);
        }

        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        if (_isChild)
            Confinement = SecondStage.Confine();
        _open.SetResult();
        _listening.SetResult(new Uri(address).Port);
        await Task.Delay(Timeout.Infinite, stop).ContinueWith(static _ => { }, TaskScheduler.Default).ConfigureAwait(false);
        await app.StopAsync(CancellationToken.None).ConfigureAwait(false);
        if (!queries.Close(options.DrainTimeout))
            ParentPipe.LeaveNow(0);
    }
}

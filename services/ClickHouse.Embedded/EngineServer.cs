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
using Tidemark.ClickHouse.Embedded.Hosting;
using Tidemark.ClickHouse.Embedded.Http;
using Tidemark.HttpHardening;

namespace Tidemark.ClickHouse.Embedded;

/// <summary>
/// The engine behind ClickHouse's HTTP interface, for a process of its own (the `engine` command): opens every connection, then
/// listens on 127.0.0.1 and serves until cancelled or until its parent is gone.
/// </summary>
public sealed class EngineServer(EngineServerOptions options)
{
    readonly TaskCompletionSource<int> _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The port, once it listens.</summary>
    public Task<int> Listening => _listening.Task;

    /// <summary>Serves until <paramref name="cancellation"/>; throws <see cref="EngineException"/> when it cannot start.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        if (options.ExitWithParent)
            ParentPipe.Watch(stop, options.DrainTimeout);
        // Ctrl-C goes to the whole process group: a child leaves when its parent has drained and closes the pipe.
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => Stop(signal, options.ExitWithParent ? null : stop));
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal => Stop(signal, stop));
        using var folder = DataFolder.Lock(options.DataPath);
        var engine = await EmbeddedEngine.StartAsync(options).ConfigureAwait(false);
        try
        {
            await ServeAsync(engine, stop.Token).ConfigureAwait(false);
        }
        finally
        {
            // A query that does not end in time would abort the engine's exit: leave without its destructors.
            if (!engine.Close(options.DrainTimeout))
                ParentPipe.LeaveNow(0);
        }
    }

    static void Stop(PosixSignalContext signal, CancellationTokenSource? stop)
    {
        signal.Cancel = true;
        stop?.Cancel();
    }

    async Task ServeAsync(EmbeddedEngine engine, CancellationToken stop)
    {
        // No file or variable of the place where it is started may open another port.
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory, EnvironmentName = Environments.Production });
        builder.Configuration.Sources.Clear();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.ConfigureDoors(options.Doors);
            kestrel.Listen(IPAddress.Loopback, options.Port);
        });
        builder.Services.AddDoors();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = options.DrainTimeout);
        await using var app = builder.Build();
        var queries = new QueryHandler(engine, options);
        app.UseDoorChecks(EngineDoors.Rules(options));
        app.Run(http => EngineRoutes.RouteAsync(http, queries));
        try
        {
            await app.StartAsync(stop).ConfigureAwait(false);
        }
        catch (IOException e)
        {
            throw new EngineException(EngineFailure.PortTaken, $"port {options.Port} of 127.0.0.1 is taken: end what uses it, or choose another one", e);
        }

        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        _listening.SetResult(new Uri(address).Port);
        await Task.Delay(Timeout.Infinite, stop).ContinueWith(static _ => { }, TaskScheduler.Default).ConfigureAwait(false);
        await app.StopAsync(CancellationToken.None).ConfigureAwait(false);
        if (!queries.Close(options.DrainTimeout))
            ParentPipe.LeaveNow(0);
    }
}

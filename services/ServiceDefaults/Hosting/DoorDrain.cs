using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Tidemark.ServiceDefaults.Hosting;

/// <summary>
/// How the doors close when the host stops, before anything else does: no new connection, every answer closes the connection it goes to, and connections over which nothing
/// comes are closed after <paramref name="patience"/>. So no request that was sent is left without an answer, but one sent after a longer silence at the very moment of closing.
/// </summary>
internal sealed class DoorDrain(DrainState state, DrainableTransport transport, TimeSpan patience) : IHostedLifecycleService
{
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        state.Begin();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(patience);
        try
        {
            await transport.CloseAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            // Idle connections, and requests that take longer, which the host waits for.
        }
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}

/// <summary>Puts <see cref="DoorDrain"/> into a host.</summary>
public static class DoorDrainExtensions
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(1);

    /// <param name="services">Those of the host.</param>
    /// <param name="patience">A client that keeps a connection and sends at least this often hears of its end in an answer. Default 1 s.</param>
    public static IServiceCollection AddDoorDrain(this IServiceCollection services, TimeSpan? patience = null) => services
        .AddSingleton<DrainState>()
        .AddSingleton<SocketTransportFactory>()
        .AddSingleton<DrainableTransport>()
        .AddSingleton<IConnectionListenerFactory>(static provider => provider.GetRequiredService<DrainableTransport>())
        .AddHostedService(provider => new DoorDrain(provider.GetRequiredService<DrainState>(), provider.GetRequiredService<DrainableTransport>(), patience ?? _patience));

    /// <summary>While the service stops, every answer closes its connection, so that clients that keep theirs go elsewhere before the doors close.</summary>
    public static void UseDoorDrain(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        var state = app.Services.GetRequiredService<DrainState>();
        app.Use(next => context =>
        {
            if (state.Begun)
                context.Response.Headers.Connection = "close";
            return next(context);
        });
    }
}

using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Tidemark.ServiceDefaults.Hosting;

namespace Tidemark.ServiceDefaults.Tests.Hosting;

public sealed class DoorDrainTests
{
    private static readonly TimeSpan _limit = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task Stop_RequestOnAConnectionThatWasThere_IsAnsweredAndEndsIt()
    {
        await using var app = await StartAsync(patience: TimeSpan.FromMinutes(5));
        var door = DoorOf(app);
        using var silent = await ConnectAsync(door);
        using var used = await ConnectAsync(door);
        Assert.DoesNotContain("Connection: close", await AskAsync(used), StringComparison.Ordinal);

        var stop = app.StopAsync();
        await RefusesAsync(door);
        Assert.False(stop.IsCompleted);
        foreach (var connection in (Socket[])[silent, used])
        {
            var answer = await AskAsync(connection);
            Assert.StartsWith("HTTP/1.1 200", answer, StringComparison.Ordinal);
            Assert.Contains("Connection: close", answer, StringComparison.Ordinal);
        }
        // Long before the patience ends: nobody is left.
        await stop.WaitAsync(_limit);
    }

    [Fact]
    public async Task Stop_ConnectionThatStaysSilent_IsClosedWhenPatienceEnds()
    {
        await using var app = await StartAsync(patience: TimeSpan.FromMilliseconds(50));
        using var silent = await ConnectAsync(DoorOf(app));
        await AskAsync(silent);
        await app.StopAsync().WaitAsync(_limit);
        Assert.Equal(0, await silent.ReceiveAsync(new byte[1]));
    }

    private static async Task<WebApplication> StartAsync(TimeSpan patience)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(static kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Services.Configure<HostOptions>(static host => host.ShutdownTimeout = TimeSpan.FromMinutes(10));
        builder.Services.AddDoorDrain(patience);
        var app = builder.Build();
        app.UseDoorDrain();
        app.MapGet("/", static (HttpContext context) => context.Response.WriteAsync("here"));
        await app.StartAsync();
        return app;
    }

    private static int DoorOf(WebApplication app) =>
        new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()).Port;

    private static async Task<Socket> ConnectAsync(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, port);
        return socket;
    }

    private static Task RefusesAsync(int port) => Wait.UntilAsync(
        async () =>
        {
            try
            {
                using var connection = await ConnectAsync(port);
                return false;
            }
            catch (SocketException)
            {
                return true;
            }
        },
        "a port that takes no connection", pause: TimeSpan.FromMilliseconds(10));

    private static async Task<string> AskAsync(Socket connection)
    {
        using var limit = new CancellationTokenSource(_limit);
        await connection.SendAsync("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"u8.ToArray(), limit.Token);
        var text = new StringBuilder();
        var buffer = new byte[4096];
        while (!text.ToString().Contains("here", StringComparison.Ordinal))
        {
            var count = await connection.ReceiveAsync(buffer, limit.Token);
            Assert.True(count > 0, $"closed after \"{text}\"");
            text.Append(Encoding.ASCII.GetString(buffer, 0, count));
        }
        return text.ToString();
    }
}

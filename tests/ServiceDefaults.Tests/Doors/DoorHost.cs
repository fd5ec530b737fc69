using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Tidemark.HttpHardening;
using Tidemark.HttpHardening.Pages;

namespace Tidemark.ServiceDefaults.Tests.Doors;

/// <summary>A hardened port with a handler behind it that reads the body and answers "here"; <c>/open</c> is open to pages, <c>/hold</c> answers when it is told to.</summary>
internal sealed class DoorHost : IAsyncDisposable
{
    /// <summary>How long a server may do nothing before the test fails; how fast it is is not judged.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly WebApplication _app;
    private readonly TaskCompletionSource _held = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _holding;

    private DoorHost(DoorLimits limits, DoorRules rules)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.ConfigureDoors(limits);
            kestrel.Listen(IPAddress.Loopback, 0);
        });
        builder.Services.AddDoors();
        _app = builder.Build();
        _app.UseDoorChecks(rules);
        _app.Map("/open", AnswerAsync).WithMetadata(OpenToPages.Instance);
        _app.Run(AnswerAsync);
    }

    internal static DoorRules Rules { get; } = new()
    {
        Hosts = ServedHosts.Of([]),
        HostsOption = "--hosts",
        OriginsOption = "--origins",
    };

    internal int Port => new Uri(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()).Port;

    /// <summary>Requests that wait in <c>/hold</c>.</summary>
    internal int Holding => Volatile.Read(ref _holding);

    internal static async Task<DoorHost> StartAsync(DoorLimits? limits = null, DoorRules? rules = null)
    {
        var host = new DoorHost(limits ?? new DoorLimits(), rules ?? Rules);
        await host._app.StartAsync();
        return host;
    }

    internal void Release() => _held.TrySetResult();

    internal async Task<Socket> ConnectAsync(string sends = "")
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, Port);
        if (sends.Length > 0)
            await socket.SendAsync(Encoding.Latin1.GetBytes(sends));
        return socket;
    }

    /// <summary>Sends a request and returns the answer until the server closes; "" when it closed before it had all of the request.</summary>
    internal async Task<string> AskAsync(string head = "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    {
        try
        {
            using var socket = await ConnectAsync(head);
            return await ReadAsync(socket);
        }
        catch (SocketException)
        {
            return "";
        }
    }

    /// <summary>All that comes until the server closes, however it does.</summary>
    internal static async Task<string> ReadAsync(Socket socket)
    {
        using var limit = new CancellationTokenSource(Patience);
        var text = new StringBuilder();
        var buffer = new byte[4096];
        try
        {
            for (int read; (read = await socket.ReceiveAsync(buffer, limit.Token)) > 0;)
                text.Append(Encoding.Latin1.GetString(buffer, 0, read));
        }
        catch (SocketException)
        {
            // Reset.
        }
        return text.ToString();
    }

    public async ValueTask DisposeAsync()
    {
        Release();
        await _app.DisposeAsync();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        if (context.Request.Path == "/hold")
        {
            Interlocked.Increment(ref _holding);
            await _held.Task;
        }
        if (context.Request.Path == "/fail")
            throw new InvalidOperationException("a bug <script>");
        await context.Request.Body.CopyToAsync(Stream.Null);
        await context.Response.WriteAsync("here");
    }
}

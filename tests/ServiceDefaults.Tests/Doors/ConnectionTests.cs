using System.Net.Sockets;
using System.Text;
using Tidemark.HttpHardening;

namespace Tidemark.ServiceDefaults.Tests.Doors;

/// <summary>How connections share a port, over raw sockets.</summary>
public sealed class ConnectionTests
{
    private const string Ask = "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    private const string Hold = "GET /hold HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

    /// <summary>Longer than any test waits: what has this limit is not closed by the clock.</summary>
    private static readonly TimeSpan _never = TimeSpan.FromHours(1);

    private static readonly DoorLimits _patient = new() { HeaderTimeout = _never, FirstRequestTimeout = _never, IdleTimeout = _never, BodySilence = _never, MinimumRates = false };

    [Fact]
    public async Task FullPort_OfSilentConnections_ServesWhoeverAsks()
    {
        await using var host = await DoorHost.StartAsync(_patient with { MaxConnections = 50 });
        var silent = new List<Socket>();
        for (var i = 0; i < 200; i++)
            silent.Add(await host.ConnectAsync());
        for (var i = 0; i < 10; i++)
            Assert.Contains("here", await host.AskAsync(), StringComparison.Ordinal);
        silent.ForEach(static socket => socket.Dispose());
    }

    /// <summary>Whatever trickles in, a connection without a whole request is a silent one.</summary>
    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHo")]
    [InlineData("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nabc")]
    [InlineData("POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab")]
    public async Task FullPort_OfUnfinishedRequests_ServesWhoeverAsks(string begins)
    {
        await using var host = await DoorHost.StartAsync(_patient with { MaxConnections = 20 });
        var unfinished = new List<Socket>();
        // One that comes in the very moment in which a place is being made is turned away, and asks again.
        for (var i = 0; i < 60; i++)
            await Wait.UntilAsync(TryConnectAsync, "a connection");
        for (var i = 0; i < 10; i++)
            await Wait.UntilAsync(async () => (await host.AskAsync()).Contains("here", StringComparison.Ordinal), "an answer");
        unfinished.ForEach(static socket => socket.Dispose());

        async Task<bool> TryConnectAsync()
        {
            try
            {
                unfinished.Add(await host.ConnectAsync(begins));
                return true;
            }
            catch (SocketException)
            {
                return false;
            }
        }
    }

    [Fact]
    public async Task FullPort_OfRequestsUnderWay_TurnsNewOnesAwayAndCutsNone()
    {
        await using var host = await DoorHost.StartAsync(_patient with { MaxConnections = 3 });
        var held = new List<Socket>();
        for (var i = 0; i < 3; i++)
            held.Add(await host.ConnectAsync(Hold));
        await Wait.UntilAsync(() => host.Holding == 3, "the requests that are held");
        Assert.Equal("", await host.AskAsync());
        host.Release();
        foreach (var socket in held)
            Assert.Contains("here", await DoorHost.ReadAsync(socket), StringComparison.Ordinal);
        // A connection is free a moment after the client has its answer.
        await Wait.UntilAsync(async () => (await host.AskAsync()).Contains("here", StringComparison.Ordinal), "an answer");
    }

    [Fact]
    public async Task Room_IsMadeByTheNeverUsedBeforeTheIdle()
    {
        await using var host = await DoorHost.StartAsync(_patient with { MaxConnections = 2 });
        using var used = await host.ConnectAsync("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
        var buffer = new byte[4096];
        await used.ReceiveAsync(buffer);
        using var never = await host.ConnectAsync();
        // Then it is no longer one whose request may be on its way.
        await Task.Delay(TimeSpan.FromSeconds(1.5));
        Assert.Contains("here", await host.AskAsync(), StringComparison.Ordinal);
        Assert.Equal("", await DoorHost.ReadAsync(never));
        await used.SendAsync(Encoding.ASCII.GetBytes(Ask));
        Assert.Contains("here", await DoorHost.ReadAsync(used), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("GET / HTTP/1.1\r\nHo")]
    public async Task ConnectionWithoutAFirstRequest_IsClosed(string begins)
    {
        await using var host = await DoorHost.StartAsync(_patient with { FirstRequestTimeout = TimeSpan.FromSeconds(1) });
        using var silent = await host.ConnectAsync(begins);
        Assert.Equal("", await DoorHost.ReadAsync(silent));
    }

    [Fact]
    public async Task BodyThatStops_IsClosed()
    {
        await using var host = await DoorHost.StartAsync(_patient with { BodySilence = TimeSpan.FromSeconds(1) });
        using var stopped = await host.ConnectAsync("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nabc");
        Assert.Equal("", await DoorHost.ReadAsync(stopped));
        // A request that takes longer than that on our side is no silence of the client's.
        using var held = await host.ConnectAsync(Hold);
        await Wait.UntilAsync(() => host.Holding == 1, "the requests that are held");
        await Task.Delay(TimeSpan.FromSeconds(3));
        host.Release();
        Assert.Contains("here", await DoorHost.ReadAsync(held), StringComparison.Ordinal);
    }

    [Fact]
    public async Task UnfinishedHeaders_BeyondTheBudget_CostTheLargest()
    {
        await using var host = await DoorHost.StartAsync(_patient with { MaxRequestLineBytes = 1 << 20, MaxHeaderBytes = 1 << 20, MaxUnreadBytes = 1 << 20 });
        using var small = await host.ConnectAsync("GET / HTTP/1.1\r\nX: " + new string('x', 1000));
        var large = new List<Socket>();
        for (var i = 0; i < 4; i++)
            large.Add(await host.ConnectAsync("GET / HTTP/1.1\r\nX: " + new string('x', (300 << 10) + i)));
        // The budget has room for three of them.
        var first = await Task.WhenAny(large.Select(DoorHost.ReadAsync));
        Assert.Equal("", await first);
        await small.SendAsync(Encoding.ASCII.GetBytes("\r\nHost: localhost\r\nConnection: close\r\n\r\n"));
        Assert.Contains("here", await DoorHost.ReadAsync(small), StringComparison.Ordinal);
        large.ForEach(static socket => socket.Dispose());
    }

    [Fact]
    public async Task Bodies_DoNotCountAsUnread()
    {
        await using var host = await DoorHost.StartAsync(new DoorLimits { MaxUnreadBytes = 64 << 10 });
        var body = new string('x', 3 << 20);
        Assert.Contains("here", await host.AskAsync($"POST / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: {body.Length}\r\n\r\n{body}"), StringComparison.Ordinal);
        Assert.Contains("here", await host.AskAsync($"POST / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n{body.Length:x}\r\n{body}\r\n0\r\n\r\n"), StringComparison.Ordinal);
    }
}

using System.Globalization;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Tidemark.ClickHouse.Embedded.Http;

/// <summary>
/// Lets a client that has shut down its sending side (<c>nc -N</c>, a load balancer's probe) get its answer. Kestrel takes the end of what
/// a client sends for the end of the client and drops the answer. On the wire the two look the same, but the client's socket is of this
/// machine, and Linux lists it: one that was closed belongs to no process any more. Where the list cannot be read, nothing changes.
/// </summary>
internal static class HalfClosedConnections
{
    static readonly (SocketTable? Table, string Prefix)[] _tables = [(SocketTable.Four, ""), (SocketTable.Six, "0000000000000000FFFF0000")];

    // The first look may come while the client's close is still under way; later ones notice when a half-closed client goes for good.
    static readonly int[] _firstLooksMs = [0, 5, 20, 50];
    static readonly TimeSpan _interval = TimeSpan.FromMilliseconds(200);

    public static void Keep(ListenOptions listen)
    {
        if (Array.Exists(_tables, static table => table.Table is not null))
            listen.Use(next => connection => RunAsync(next, connection));
    }

    static async Task RunAsync(ConnectionDelegate next, ConnectionContext connection)
    {
        if (connection.Features.Get<IConnectionSocketFeature>()?.Socket is not { } socket || Peers(socket) is not { } peers)
        {
            await next(connection).ConfigureAwait(false);
            return;
        }

        using var gone = new CancellationTokenSource();
        using var served = new CancellationTokenSource();
        var inputEnded = connection.ConnectionClosed;
        connection.ConnectionClosed = gone.Token;
        connection.Transport = new Transport(new EndlessInput(connection.Transport.Input), connection.Transport.Output);
        var watch = WatchAsync(peers, gone, inputEnded, served.Token);
        try
        {
            await next(connection).ConfigureAwait(false);
        }
        finally
        {
            await served.CancelAsync().ConfigureAwait(false);
            await watch.ConfigureAwait(false);
        }
    }

    static async Task WatchAsync(string[] peers, CancellationTokenSource gone, CancellationToken inputEnded, CancellationToken served)
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var input = inputEnded.UnsafeRegister(static state => ((TaskCompletionSource)state!).TrySetResult(), ended).ConfigureAwait(false);
        await using var last = served.UnsafeRegister(static state => ((TaskCompletionSource)state!).TrySetResult(), ended).ConfigureAwait(false);
        await ended.Task.ConfigureAwait(false);
        for (var look = 0; !served.IsCancellationRequested; look++)
        {
            if (look < _firstLooksMs.Length ? _firstLooksMs[look] > 0 : look > 0)
                await Task.Delay(look < _firstLooksMs.Length ? TimeSpan.FromMilliseconds(_firstLooksMs[look]) : _interval, served)
                    .ContinueWith(static _ => { }, TaskScheduler.Default).ConfigureAwait(false);
            if (!IsOpen(peers))
            {
                await gone.CancelAsync().ConfigureAwait(false);
                return;
            }
        }
    }

    // The line of the client's socket: its own address first, then this server's; the tenth field is the inode, 0 when no process has it.
    static bool IsOpen(string[] peers)
    {
        for (var i = 0; i < peers.Length; i++)
            if (_tables[i].Table?.Find(peers[i]) is { } line)
                return line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is { Length: > 9 } fields && fields[9] != "0";
        return false;
    }

    // The two ends as each table has them, or null for a connection that is not of IPv4.
    static string[]? Peers(Socket socket)
        => socket is { RemoteEndPoint: IPEndPoint client, LocalEndPoint: IPEndPoint server } && client.AddressFamily == AddressFamily.InterNetwork
            ? Array.ConvertAll(_tables, table => $": {table.Prefix}{Text(client)} {table.Prefix}{Text(server)} ") : null;

    sealed record Transport(PipeReader Input, PipeWriter Output) : IDuplexPipe;

    // Address in the machine's byte order and port, in hexadecimal digits.
    static string Text(IPEndPoint end)
        => string.Create(CultureInfo.InvariantCulture, $"{BitConverter.ToUInt32(end.Address.GetAddressBytes()):X8}:{end.Port:X4}");
}

using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Tidemark.ClickHouse.Embedded.Tests.Attacks;

/// <summary>
/// A port of 127.0.0.1 and ::1, TCP and UDP, that nobody may come to. It answers HTTP with 404 and closes, so that what does come
/// does not wait.
/// </summary>
internal sealed class CanaryListener : IDisposable
{
    static readonly byte[] _answer = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"u8.ToArray();

    readonly List<Socket> _sockets = [];
    readonly List<string> _visits = [];

    public CanaryListener()
    {
        Listen(IPAddress.Loopback);
        if (Socket.OSSupportsIPv6)
            Listen(IPAddress.IPv6Loopback);
    }

    public int Port { get; private set; }

    /// <summary>Who came since the last call.</summary>
    public IReadOnlyCollection<string> Drain()
    {
        lock (_visits)
        {
            var visits = _visits.ToArray();
            _visits.Clear();
            return visits;
        }
    }

    public void Dispose()
    {
        foreach (var socket in _sockets)
            socket.Dispose();
    }

    void Listen(IPAddress address)
    {
        var tcp = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        var udp = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        _sockets.AddRange([tcp, udp]);
        try
        {
            tcp.Bind(new IPEndPoint(address, Port));
            Port = ((IPEndPoint)tcp.LocalEndPoint!).Port;
            udp.Bind(new IPEndPoint(address, Port));
            tcp.Listen(512);
        }
        catch (SocketException) when (address.AddressFamily == AddressFamily.InterNetworkV6)
        {
            return; // No ::1 on this machine, or the port is taken there.
        }

        _ = AcceptAsync(tcp);
        _ = ReceiveAsync(udp);
    }

    async Task AcceptAsync(Socket listener)
    {
        try
        {
            while (true)
                _ = VisitAsync(await listener.AcceptAsync());
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The end of the suite.
        }
    }

    async Task VisitAsync(Socket visitor)
    {
        Say("a connection");
        using (visitor)
            try
            {
                using var bound = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
                var buffer = new byte[512];
                var read = await visitor.ReceiveAsync(buffer, bound.Token);
                Say($"{read} bytes: {Encoding.Latin1.GetString(buffer, 0, Math.Min(read, 80)).ReplaceLineEndings(" ")}");
                await visitor.SendAsync(_answer);
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException)
            {
                // Came, and said nothing.
            }
    }

    async Task ReceiveAsync(Socket udp)
    {
        try
        {
            var buffer = new byte[2048];
            while (true)
                Say($"a datagram of {await udp.ReceiveAsync(buffer)} bytes");
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The end of the suite.
        }
    }

    void Say(string what)
    {
        lock (_visits)
            _visits.Add($"the listener had {what}");
    }
}

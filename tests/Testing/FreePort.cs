using System.Net;
using System.Net.Sockets;

namespace Tidemark.Testing;

/// <summary>
/// Ports for servers that are killed and started again: below the ones that the system gives to outgoing connections, which could take a port in between, and none twice.
/// Test projects run side by side: the UDP port of the same number, held until this process ends, tells the others that it is taken while nobody listens.
/// </summary>
public static class FreePort
{
    private const int First = 20_000;
    private const int Last = 28_999;

    private static readonly Dictionary<int, Socket> _taken = [];

    public static int Take() => TakeRun(1);

    /// <summary>The first of several neighbours.</summary>
    public static int TakeRun(int count)
    {
        lock (_taken)
        {
            while (true)
            {
                var first = Random.Shared.Next(First, Last - count);
                if (Enumerable.Range(first, count).All(TryTake))
                    return first;
            }
        }
    }

    private static bool TryTake(int port)
    {
        var mark = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            mark.Bind(new IPEndPoint(IPAddress.Loopback, port));
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            _taken.Add(port, mark);
            return true;
        }
        catch (SocketException)
        {
            mark.Dispose();
            return false;
        }
    }
}

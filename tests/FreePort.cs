using System.Net;
using System.Net.Sockets;

namespace Tidemark.Testing;

/// <summary>
/// Ports for servers that are killed and started again: below the ones that the system gives to outgoing connections, which could take a port in between, and none twice.
/// </summary>
internal static class FreePort
{
    private const int First = 20_000;
    private const int Last = 28_999;

    private static readonly HashSet<int> _taken = [];

    internal static int Take() => TakeRun(1);

    /// <summary>The first of several neighbours.</summary>
    internal static int TakeRun(int count)
    {
        lock (_taken)
        {
            while (true)
            {
                var first = Random.Shared.Next(First, Last - count);
                var run = Enumerable.Range(first, count).ToArray();
                if (Array.TrueForAll(run, port => !_taken.Contains(port) && IsFree(port)))
                {
                    _taken.UnionWith(run);
                    return first;
                }
            }
        }
    }

    private static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}

using System.Net;
using System.Net.Sockets;
using Tidemark.Local.Configuration;

namespace Tidemark.Local.Hosting;

/// <summary>Looks for ports on 127.0.0.1 before anything is started, so that a taken one is said at once.</summary>
internal static class Ports
{
    public static int Free()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public static bool IsFree(int port)
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

    /// <summary>The port, a free one for 0; the line that says what to do when it is taken.</summary>
    public static int Resolve(int port, string option)
    {
        if (port == 0)
            return Free();
        return IsFree(port)
            ? port
            : throw new CommandFailedException($"port {port} of 127.0.0.1 is taken: stop what uses it, or choose another port with --{option}");
    }

    /// <summary>The engine's port. The engine of a process that was killed a moment ago may still have it, as it has the folder: that is waited for.</summary>
    public static async Task<int> ResolveForEngineAsync(LocalOptions options, CancellationToken cancellation)
    {
        var since = System.Diagnostics.Stopwatch.GetTimestamp();
        while (options.SqlPort != 0 && !IsFree(options.SqlPort) && FolderLock.HasEngine(options.Data) && System.Diagnostics.Stopwatch.GetElapsedTime(since) < EngineChild.PredecessorTime)
            await Task.Delay(50, cancellation);
        return Resolve(options.SqlPort, "sql-port");
    }
}

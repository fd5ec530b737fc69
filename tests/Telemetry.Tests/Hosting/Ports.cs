using System.Net;
using System.Net.Sockets;

namespace Tidemark.Telemetry.Tests.Hosting;

internal static class Ports
{
    internal static int Free()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

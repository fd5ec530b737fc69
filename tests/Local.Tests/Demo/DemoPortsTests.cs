using System.Net;
using System.Net.Sockets;
using Tidemark.Local.Configuration;
using Tidemark.Local.Demo;

namespace Tidemark.Local.Tests.Demo;

public sealed class DemoPortsTests : IDisposable
{
    private readonly TcpListener _other = new(IPAddress.Loopback, 0);
    private readonly List<string> _said = [];

    public DemoPortsTests() => _other.Start();

    private LocalOptions Options => new() { Data = "unused", HttpPort = ((IPEndPoint)_other.LocalEndpoint).Port, SqlPort = 0 };

    [Fact]
    public void Choose_UsualPortTaken_TakesAnotherAndSaysSo()
    {
        var chosen = DemoPorts.Choose(Options, _said.Add);

        Assert.NotEqual(Options.HttpPort, chosen.HttpPort);
        Assert.Contains($"port {Options.HttpPort} is taken", Assert.Single(_said), StringComparison.Ordinal);
    }

    [Fact]
    public void Choose_PortThatWasAskedFor_StaysThatPort()
    {
        var asked = Options with { Given = new HashSet<string> { "http-port" } };

        Assert.Equal(asked.HttpPort, DemoPorts.Choose(asked, _said.Add).HttpPort);
        Assert.Empty(_said);
    }

    public void Dispose() => _other.Dispose();
}

using Tidemark.Collector.Tests.Hosting;

namespace Tidemark.Collector.Tests.Doors;

/// <summary>The collector's own limits over raw sockets; how connections share a port is tested with small ones.</summary>
public sealed class SilentConnectionTests
{
    [Fact]
    public async Task SilentConnections_BeyondTheLimit_ShutNobodyOut()
    {
        await using var host = await CollectorHost.StartAsync();
        var silent = new List<RawClient>();
        try
        {
            for (var i = 1; i <= 10_000; i++)
            {
                silent.Add(await host.ConnectAsync());
                // The far end has closed the oldest; their sockets need not pile up here.
                if (silent.Count > 5000)
                {
                    silent[0].Dispose();
                    silent.RemoveAt(0);
                }
                if (i % 1000 != 0)
                    continue;
                Assert.StartsWith("HTTP/1.1 200", await host.RawAsync("GET /health/ready HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"), StringComparison.Ordinal);
                Assert.StartsWith("HTTP/1.1 200", await host.RawAsync(
                    "POST /v1/events HTTP/1.1\r\nHost: localhost\r\nX-Write-Key: all\r\nConnection: close\r\nContent-Length: 31\r\n\r\n{\"event\":\"e\",\"anonymousId\":\"a\"}"), StringComparison.Ordinal);
            }
            Assert.Equal(10, host.Events().Count);
        }
        finally
        {
            silent.ForEach(static client => client.Dispose());
        }
    }
}

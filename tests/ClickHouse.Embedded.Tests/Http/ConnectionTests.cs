using System.Net.Sockets;
using System.Text;

namespace Tidemark.ClickHouse.Embedded.Tests.Http;

/// <summary>The port's own limits: more silent connections than it takes, and more unfinished headers than its budget, shut nobody out.</summary>
[Collection("engine")]
public sealed class ConnectionTests(EngineFixture engine)
{
    [Fact]
    public async Task SilentConnections_ManyTimesTheLimit_ShutNobodyOut()
    {
        var silent = new List<TcpClient>();
        try
        {
            for (var i = 0; i < 10_000; i++)
            {
                var client = new TcpClient();
                await client.ConnectAsync("127.0.0.1", engine.Port);
                silent.Add(client);
                // The far end has closed the oldest; their sockets need not pile up here.
                if (silent.Count > 4000)
                {
                    silent[0].Dispose();
                    silent.RemoveAt(0);
                }
                if (i % 1000 == 999)
                    Assert.Contains("\n1\n", await RawRequest.SendAsync(engine.Port, "POST / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 8\r\n\r\nSELECT 1"), StringComparison.Ordinal);
            }
        }
        finally
        {
            silent.ForEach(static client => client.Dispose());
        }
    }

    [Fact]
    public async Task UnfinishedHeaders_OfHundredsOfMebibytes_StayWithinTheBudget()
    {
        var before = Resident();
        var header = Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\nHost: localhost\r\nX: " + new string('x', 1_000_000));
        var clients = new List<TcpClient>();
        try
        {
            for (var i = 0; i < 500; i++)
            {
                var client = new TcpClient();
                await client.ConnectAsync("127.0.0.1", engine.Port);
                clients.Add(client);
                try
                {
                    await client.GetStream().WriteAsync(header);
                }
                catch (IOException)
                {
                    // Closed in the middle: it held most.
                }
            }

            Assert.Equal("1\n", await engine.ReadAsync("SELECT 1"));
            // The budget, and what the runtime needs for as much: far from the 500 MB that were sent.
            Assert.InRange(Resident() - before, long.MinValue, 250L << 20);
        }
        finally
        {
            clients.ForEach(static client => client.Dispose());
        }
    }

    long Resident() => long.Parse(File.ReadLines($"/proc/{engine.Process.ProcessId}/status").First(static line => line.StartsWith("VmRSS:", StringComparison.Ordinal))["VmRSS:".Length..].Replace("kB", "", StringComparison.Ordinal).Trim()) << 10;
}

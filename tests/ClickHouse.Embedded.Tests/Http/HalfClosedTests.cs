using System.Net.Sockets;
using System.Text;

namespace Tidemark.ClickHouse.Embedded.Tests.Http;

/// <summary>Clients that shut down their sending side, as <c>nc -N</c> does, and those that go away.</summary>
[Collection("engine")]
public sealed class HalfClosedTests(EngineFixture engine)
{
    [SkippableTheory]
    [InlineData("SELECT 1", 2)]
    [InlineData("SELECT sleep(1)", 2)]
    [InlineData("SELECT number FROM numbers(2000000)", 14_888_890)]
    public async Task Client_ThatHasSentAll_GetsItsAnswer(string sql, int bytes)
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "the list of sockets is Linux's: run it there");
        using var client = await SendAsync(sql);
        using var reader = new StreamReader(client.GetStream(), Encoding.Latin1);
        client.Client.Shutdown(SocketShutdown.Send);
        var answer = await reader.ReadToEndAsync();
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", answer, StringComparison.Ordinal);
        Assert.EndsWith("\r\n0\r\n\r\n", answer, StringComparison.Ordinal);
        var body = answer[(answer.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..];
        Assert.Equal(bytes, Chunks(body).Sum(chunk => chunk.Length));
    }

    [Theory]
    [InlineData("TSV", false)]
    [InlineData("JSON", false)]
    [InlineData("TSV", true)]
    [InlineData("JSON", true)]
    public async Task Client_ThatGoes_LeavesNoQuery(string format, bool halfClosedBefore)
    {
        var mark = EngineFixture.Table();
        using (var client = await SendAsync($"SELECT '{mark}', sleepEachRow(0.1) FROM numbers(3000) SETTINGS max_block_size = 1 FORMAT {format}"))
        {
            await Wait.UntilAsync(async () => await RunningAsync(mark) > 0, "the query among those that run");
            if (halfClosedBefore)
                client.Client.Shutdown(SocketShutdown.Send);
        }

        await Wait.UntilAsync(async () => await RunningAsync(mark) == 0, "the end of the query");
    }

    /// <summary>The engine lists a statement that failed until the next one on its connection; a client does not see that.</summary>
    [Theory]
    [InlineData("TSV")]
    [InlineData("JSON")]
    public async Task Statement_ThatFailed_IsNotListedAsRunning(string format)
    {
        var mark = EngineFixture.Table();
        for (var i = 0; i < 8; i++)
        {
            using var refused = await engine.SendAsync("/", Encoding.UTF8.GetBytes($"SELECT '{mark}', throwIf(number = 5000) FROM numbers(10000) FORMAT {format}"));
            Assert.Contains("Code: 395.", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
            Assert.Equal(0, await RunningAsync(mark));
        }
    }

    static IEnumerable<string> Chunks(string body)
    {
        for (var at = 0; ;)
        {
            var line = body.IndexOf("\r\n", at, StringComparison.Ordinal);
            var length = Convert.ToInt32(body[at..line], 16);
            if (length == 0)
                yield break;
            yield return body.Substring(line + 2, length);
            at = line + 2 + length + 2;
        }
    }

    async Task<int> RunningAsync(string mark) => int.Parse(await engine.ReadAsync($"SELECT count() FROM system.processes WHERE position(query, '{mark}') > 0 AND position(query, 'system.processes') = 0"));

    async Task<TcpClient> SendAsync(string sql)
    {
        var client = new TcpClient("127.0.0.1", engine.Port);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nContent-Length: {sql.Length}\r\n\r\n{sql}"));
        return client;
    }
}

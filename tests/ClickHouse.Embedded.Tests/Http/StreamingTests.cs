using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;

namespace Tidemark.ClickHouse.Embedded.Tests.Http;

[Collection("engine")]
public sealed partial class StreamingTests(EngineFixture engine)
{
    [Theory]
    [InlineData("CSV")]
    [InlineData("JSON")]
    [InlineData("Native")]
    [InlineData("JSONEachRow")]
    [InlineData("RowBinaryWithNamesAndTypes")]
    public async Task Error_AfterTheFirstRows_StandsBetweenTheTags_AndTheTransferIsCutOff(string format)
    {
        var raw = await RawAsync("/", $"SELECT repeat('x', 1000) AS s, throwIf(number = 5000, 'tripped') AS t FROM numbers(10000) SETTINGS max_block_size = 500, max_threads = 1 FORMAT {format}");
        Assert.StartsWith("HTTP/1.1 200 ", raw, StringComparison.Ordinal);
        Assert.False(raw.EndsWith("0\r\n\r\n", StringComparison.Ordinal), "the transfer must not end as a whole one does");
        var tag = Tag().Match(raw).Groups[1].Value;
        var error = Regex.Match(raw, $"\r\n__exception__\r\n{tag}\r\n(Code: 395\\. DB::Exception: .*tripped.*\n)(\\d+) {tag}\r\n__exception__\r\n", RegexOptions.Singleline);
        Assert.True(error.Success, raw[^400..]);
        Assert.Equal(error.Groups[1].Value.Length.ToString(), error.Groups[2].Value);
    }

    [Fact]
    public async Task Error_WithWaitEndOfQuery_IsAStatus()
    {
        using var answer = await engine.SendAsync("/?wait_end_of_query=1", Encoding.UTF8.GetBytes(
            "SELECT repeat('x', 1000) AS s, throwIf(number = 5000, 'tripped') AS t FROM numbers(10000) SETTINGS max_block_size = 500, max_threads = 1 FORMAT CSV"));
        Assert.Equal(500, (int)answer.StatusCode);
        Assert.StartsWith("Code: 395.", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task WaitEndOfQuery_LargeAnswer_ComesWholeWithItsSummary()
    {
        using var answer = await engine.SendAsync("/?wait_end_of_query=1&query=SELECT+repeat('x',99)+FROM+numbers(300000)", null);
        Assert.Contains("\"result_rows\":\"300000\"", answer.Headers.GetValues("X-ClickHouse-Summary").Single(), StringComparison.Ordinal);
        Assert.Equal(30_000_000, (await answer.Content.ReadAsByteArrayAsync()).Length);
    }

    [SkippableTheory]
    [InlineData("TSV")]
    [InlineData("JSON")]
    [InlineData("RowBinaryWithNamesAndTypes")]
    public async Task Answer_OfHalfAGigabyte_TakesFlatMemory(string format)
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "reads /proc: run it on Linux");
        await DrainAsync(format, 1_000);
        var before = ResidentKilobytes();
        Assert.True(await DrainAsync(format, 5_000_000) >= 500_000_000);
        Assert.InRange(PeakKilobytes() - before, -1_000_000, 200_000);
    }

    [Fact]
    public async Task Queries_FiftyAtOnce_AreNotMixedUp()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => engine.ReadAsync("SELECT {x:UInt64} + sum(number) FROM numbers(1000000)", $"/?param_x={i}")));
        Assert.Equal(Enumerable.Range(0, 50).Select(i => $"{499999500000 + i}\n"), answers);
    }

    [Theory]
    [InlineData("TSV")]
    [InlineData("JSON")]
    public async Task Client_ThatGoesAway_CancelsItsQuery(string format)
    {
        var mark = EngineFixture.Table();
        var sql = $"SELECT '{mark}', sleepEachRow(0.1) FROM numbers(3000) SETTINGS max_block_size = 1";
        using (var client = await SendRawAsync($"/?default_format={format}", sql))
            await Wait.UntilAsync(async () => await RunningAsync(mark) > 0, "the query among those that run");
        // 300 s of sleep is left: it ends by the cancel alone.
        await Wait.UntilAsync(async () => await RunningAsync(mark) == 0, "the end of the query");
    }

    [Fact]
    public async Task Insert_CutOffInTheMiddle_StoresNothing()
    {
        var table = EngineFixture.Table();
        await engine.WriteAsync($"CREATE TABLE {table} (a UInt32) ENGINE = MergeTree ORDER BY a");
        using (var client = new TcpClient("127.0.0.1", engine.Port))
        {
            var key = Convert.ToBase64String(Encoding.UTF8.GetBytes("writer:" + EngineFixture.Password));
            await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(
                $"POST /?query=INSERT+INTO+{table}+FORMAT+TSV HTTP/1.1\r\nHost: localhost\r\nAuthorization: Basic {key}\r\nContent-Length: 1000000\r\n\r\n1\n2\n3\n"));
            await Task.Delay(300);
        }

        await engine.WriteAsync($"INSERT INTO {table} VALUES (7)");
        Assert.Equal("7\n", await engine.ReadAsync($"SELECT * FROM {table}"));
    }

    async Task<int> RunningAsync(string mark) => int.Parse(await engine.ReadAsync($"SELECT count() FROM system.processes WHERE position(query, '{mark}') > 0 AND position(query, 'system.processes') = 0"));

    async Task<long> DrainAsync(string format, int rows)
    {
        using var answer = await engine.SendAsync($"/?default_format={format}", Encoding.UTF8.GetBytes($"SELECT number, repeat('y', 100) AS s FROM numbers({rows})"));
        await using var body = await answer.Content.ReadAsStreamAsync();
        var buffer = new byte[1 << 20];
        long total = 0;
        for (int read; (read = await body.ReadAsync(buffer)) > 0; total += read)
        {
        }

        return total;
    }

    long ResidentKilobytes() => Status("VmRSS:");

    long PeakKilobytes() => Status("VmHWM:");

    long Status(string field) => long.Parse(File.ReadLines($"/proc/{engine.Process.ProcessId}/status").First(line => line.StartsWith(field, StringComparison.Ordinal))[field.Length..].Replace("kB", "", StringComparison.Ordinal).Trim());

    async Task<TcpClient> SendRawAsync(string url, string sql)
    {
        var client = new TcpClient("127.0.0.1", engine.Port);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"POST {url} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {sql.Length}\r\n\r\n{sql}"));
        return client;
    }

    async Task<string> RawAsync(string url, string sql)
    {
        using var client = await SendRawAsync(url, sql);
        using var reader = new StreamReader(client.GetStream(), Encoding.Latin1);
        return await reader.ReadToEndAsync();
    }

    [GeneratedRegex("X-ClickHouse-Exception-Tag: ([a-z]{16})\r\n")]
    private static partial Regex Tag();
}

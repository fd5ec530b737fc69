using System.Net;
using System.Text;

namespace Tidemark.ClickHouse.Embedded.Tests.Http;

[Collection("engine")]
public sealed class QueryTests(EngineFixture engine)
{
    [Theory]
    [InlineData("/?query=SELECT%201%2B1", null, "2\n")]
    [InlineData("/", "SELECT 1+1", "2\n")]
    [InlineData("/?query=SELECT", " 1+1", "2\n")]
    [InlineData("/?query=SELECT%20%7Bx:String%7D&param_x=abc%5Ct12%5Cn3%5C%27%5C%5C", "", "abc\\t12\\n3\\'\\\\\n")]
    [InlineData("/?param_t=numbers", "SELECT count() FROM numbers({n:UInt64})", null)]
    [InlineData("/?param_n=5", "SELECT count() FROM numbers({n:UInt64})", "5\n")]
    [InlineData("/?param_n=%5CN", "SELECT {n:Nullable(String)} IS NULL", "1\n")]
    [InlineData("/?max_threads=3", "SELECT getSetting('max_threads')", "3\n")]
    [InlineData("/?database=system", "SELECT currentDatabase()", "system\n")]
    [InlineData("/", "SELECT currentDatabase(), timezone()", "tidemark\tUTC\n")]
    [InlineData("/?default_format=JSONEachRow", "SELECT 'FORMAT CSV' AS format, 1 AS n -- FORMAT TabSeparated", "{\"format\":\"FORMAT CSV\",\"n\":1}\n")]
    [InlineData("/", "SELECT ';' AS a, 'it''s; -- no' AS b /* ; */ ; -- ; the end\n", ";\tit\\'s; -- no\n")]
    [InlineData("/", "SELECT 1 AS a FORMAT CSVWithNames SETTINGS max_threads = 1;", "\"a\"\n1\n")]
    [InlineData("/", "SELECT 1 AS `format` UNION ALL SELECT 1 FORMAT CSV", "1\n1\n")]
    [InlineData("/", "(SELECT 1 AS FORMAT) FORMAT CSV", "1\n")]
    [InlineData("/", "SELECT $x$ FORMAT CSV ; $x$ AS s FORMAT TSVRaw", " FORMAT CSV ; \n")]
    [InlineData("/", "SELECT number % 3 AS k, count() FROM numbers(10) GROUP BY k WITH TOTALS ORDER BY k", "0\t4\n1\t3\n2\t3\n\n0\t10\n")]
    [InlineData("/", "SELECT 1 SETTINGS async_insert = 0", "1\n")]
    [InlineData("/?output_format_json_array_of_rows=1", "SELECT 1 AS a FORMAT JSONEachRow", "[\n{\"a\":1}\n]\n")]
    [InlineData("/", "EXISTS TABLE nothing", "0\n")]
    [InlineData("/", "SELECT number FROM numbers(0) FORMAT CSVWithNames", "\"number\"\n")]
    public async Task Post_Statement_Answers(string url, string? body, string? expected)
    {
        using var answer = await engine.SendAsync(url, body is null ? null : Encoding.UTF8.GetBytes(body));
        var text = await answer.Content.ReadAsStringAsync();
        if (expected is null)
            Assert.StartsWith("Code: 456.", text, StringComparison.Ordinal);
        else
            Assert.Equal(expected, text);
    }

    /// <summary>A query id may hold anything; the header that repeats it may not.</summary>
    [Theory]
    [InlineData("a-1", "a-1")]
    [InlineData("a\r\nX: y", "a??X: y")]
    [InlineData("\u00fc", "?")]
    [InlineData("\0", "?")]
    public async Task QueryId_OfAnyText_IsAnswered(string id, string header)
    {
        using var answer = await engine.SendAsync("/?query_id=" + Uri.EscapeDataString(id), "SELECT 1"u8.ToArray());
        Assert.Equal("1\n", await answer.Content.ReadAsStringAsync());
        Assert.Equal([header], answer.Headers.GetValues("X-ClickHouse-Query-Id"));
    }

    /// <summary>So may a format, which the same answer repeats before anybody has looked for it.</summary>
    [Theory]
    [InlineData("bogus", "\u00fc", "Code: 62.", "?")]
    [InlineData("SELECT 1", "a\r\nX: y", "Code: 73.", "a??X: y")]
    [InlineData("INSERT INTO kept VALUES (1)", "\u00fc", "", "?")]
    public async Task Format_OfAnyText_IsAnswered(string sql, string format, string start, string header)
    {
        var session = $"/?session_id={EngineFixture.Table()}";
        await engine.ReadAsync("CREATE TEMPORARY TABLE kept (a UInt8)", session);
        using var answer = await engine.SendAsync($"{session}&default_format={Uri.EscapeDataString(format)}", Encoding.UTF8.GetBytes(sql));
        Assert.StartsWith(start, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(start.Length == 0, answer.IsSuccessStatusCode);
        Assert.Equal([header], answer.Headers.GetValues("X-ClickHouse-Format"));
    }

    [Fact]
    public async Task Method_NotServed_Is405WithAllow()
    {
        using var answer = await engine.Http.DeleteAsync(new Uri("/?query=SELECT%201", UriKind.Relative));
        Assert.Equal(HttpStatusCode.MethodNotAllowed, answer.StatusCode);
        Assert.Equal(["GET", "HEAD", "POST", "PUT"], answer.Content.Headers.Allow);
    }

    [Fact]
    public async Task Settings_OfOneRequest_AreGoneInTheNext()
    {
        var before = await engine.ReadAsync("SELECT getSetting('max_block_size')");
        for (var i = 0; i < 20; i++)
        {
            await engine.ReadAsync("SELECT 1", "/?max_block_size=7&database=system");
            await engine.ReadAsync("SET max_block_size = 9");
            await engine.ReadAsync("USE system");
            await engine.ReadAsync("CREATE TEMPORARY TABLE leftover (a Int32)");
        }

        for (var i = 0; i < 20; i++)
        {
            Assert.Equal(before, await engine.ReadAsync("SELECT getSetting('max_block_size')"));
            Assert.Equal("tidemark\n", await engine.ReadAsync("SELECT currentDatabase()"));
            Assert.Equal("0\n", await engine.ReadAsync("SELECT count() FROM system.tables WHERE is_temporary"));
        }
    }

    [Fact]
    public async Task WriterSettings_ThatCannotBeTakenBack_DoNotSpoilTheConnection()
    {
        for (var i = 0; i < 8; i++)
        {
            await engine.WriteAsync("SET readonly = 2");
            await engine.WriteAsync("SET allow_ddl = 0");
        }

        for (var i = 0; i < 8; i++)
            await engine.WriteAsync($"CREATE TABLE {EngineFixture.Table()} (a Int32) ENGINE = Memory");
    }

    [Fact]
    public async Task Session_KeepsSettingsAndTemporaryTables()
    {
        var session = "/?session_id=" + EngineFixture.Table();
        await engine.ReadAsync("CREATE TEMPORARY TABLE mine (a Int32)", session);
        await engine.ReadAsync("INSERT INTO mine VALUES (1), (2)", session);
        await engine.ReadAsync("SET max_block_size = 77", session);
        Assert.Equal("2\t77\n", await engine.ReadAsync("SELECT count(), any(getSetting('max_block_size')) FROM mine", session));
        using var unknown = await engine.SendAsync("/?session_id=nobody&session_check=1&query=SELECT%201", null);
        Assert.Equal("372", unknown.Headers.GetValues("X-ClickHouse-Exception-Code").Single());
    }

    [Fact]
    public async Task ExternalTable_AsMultipartFile_IsATable()
    {
        const string Boundary = "----tidemark5e0a";
        var body = $"--{Boundary}\r\nContent-Disposition: form-data; name=\"list\"; filename=\"-\"\r\nContent-Type: application/octet-stream\r\n\r\nbeta\nalpha\r\n--{Boundary}--\r\n";
        using var answer = await engine.SendAsync(
            "/?list_format=TSV&list_structure=Path%20String&query=SELECT%20Path,length(Path)%20FROM%20list%20ORDER%20BY%20Path",
            Encoding.UTF8.GetBytes(body), ("Content-Type", $"multipart/form-data; boundary={Boundary}"));
        Assert.Equal("alpha\t5\nbeta\t4\n", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Url_OfNearlyOneMebibyte_IsRead()
    {
        using var answer = await engine.SendAsync("/?query=SELECT+length('" + new string('x', 200_000) + "')", null);
        Assert.Equal("200000\n", await answer.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("/ping", 200, "Ok.\n")]
    [InlineData("/replicas_status", 200, "Ok.\n")]
    [InlineData("/", 200, "Ok.\n")]
    [InlineData("/nothing", 404, null)]
    public async Task Get_Path_Answers(string path, int status, string? text)
    {
        using var answer = await engine.SendAsync(path, null);
        Assert.Equal((HttpStatusCode)status, answer.StatusCode);
        if (text is not null)
            Assert.Equal(text, await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Head_Query_HasHeadersAndNoBody()
    {
        using var request = new HttpRequestMessage(HttpMethod.Head, new Uri("/?query=SELECT%201", UriKind.Relative));
        using var answer = await engine.Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.True(answer.Headers.Contains("X-ClickHouse-Summary"));
        Assert.Empty(await answer.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task Headers_TellFormatZoneIdAndSummary()
    {
        using var answer = await engine.SendAsync("/?query_id=mine-1&query=SELECT+toDateTime(0)+SETTINGS+session_timezone='Asia/Tokyo'", null);
        Assert.Equal("1970-01-01 09:00:00\n", await answer.Content.ReadAsStringAsync());
        Assert.Equal("mine-1", answer.Headers.GetValues("X-ClickHouse-Query-Id").Single());
        Assert.Equal("Asia/Tokyo", answer.Headers.GetValues("X-ClickHouse-Timezone").Single());
        Assert.Equal("TabSeparated", answer.Headers.GetValues("X-ClickHouse-Format").Single());
        Assert.Contains("\"result_rows\":\"1\"", answer.Headers.GetValues("X-ClickHouse-Summary").Single(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task QueryId_RunningAlready_IsRefused()
    {
        var id = EngineFixture.Table();
        // It would take five minutes; it ends when its client goes away.
        using var gone = new CancellationTokenSource();
        using var sleeping = new StringContent($"SELECT '{id}', sleepEachRow(0.1) FROM numbers(3000) SETTINGS max_block_size = 1");
        var slow = engine.Http.PostAsync(new Uri($"/?query_id={id}", UriKind.Relative), sleeping, gone.Token);
        // The engine has ids of its own; the text is the same.
        while (await engine.ReadAsync($"SELECT count() FROM system.processes WHERE position(query, '{id}') > 0 AND position(query, 'system.processes') = 0") == "0\n")
            Assert.False(slow.IsCompleted, "the first query was never seen running");
        using var second = await engine.SendAsync($"/?query_id={id}&query=SELECT%201", null);
        Assert.StartsWith("Code: 216.", await second.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => slow);
    }
}

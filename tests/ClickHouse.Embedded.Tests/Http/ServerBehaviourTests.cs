using System.Net;
using System.Text;
using System.Text.Json;
using System.Xml.Linq;

namespace Tidemark.ClickHouse.Embedded.Tests.Http;

/// <summary>What a request's parameters and headers do at the server, beside the statement.</summary>
[Collection("engine")]
public sealed class ServerBehaviourTests(EngineFixture engine)
{
    const string BasicReader = "Basic cmVhZGVyOg==";

    /// <summary>One login or none passes; two are refused, whatever they say.</summary>
    [Theory]
    [InlineData("/", null, null, null, 0)]
    [InlineData("/?user=reader", null, null, null, 0)]
    [InlineData("/", "reader", null, null, 0)]
    [InlineData("/", null, null, BasicReader, 0)]
    [InlineData("/?user=reader", null, null, "never", 0)]
    [InlineData("/?user=reader", null, null, BasicReader, 516)]
    [InlineData("/?password=", null, null, BasicReader, 516)]
    [InlineData("/", "reader", null, BasicReader, 516)]
    [InlineData("/?user=reader", "reader", null, null, 516)]
    [InlineData("/", null, "key", null, 516)]
    [InlineData("/?user=", null, null, null, 516)]
    [InlineData("/", null, null, "Bearer abc", 516)]
    [InlineData("/", null, null, "Negotiate", 516)]
    [InlineData("/", null, null, "Basic ???", 516)]
    [InlineData("/", null, null, "Basic Onc=", 516)]
    public async Task Login_ByOneWay(string url, string? user, string? key, string? authorization, int code)
    {
        (string, string?)[] headers = [("X-ClickHouse-User", user), ("X-ClickHouse-Key", key), ("Authorization", authorization)];
        using var answer = await engine.SendAsync(url, "SELECT 1"u8.ToArray(), [.. headers.Where(header => header.Item2 is not null).Select(header => (header.Item1, header.Item2!))]);
        await CheckAsync(answer, "1\n", code, 403);
    }

    [Theory]
    [InlineData("/?role=accountant", 511, 404)]
    [InlineData("/?session_id=", 744, 500)]
    [InlineData("/?no_such_setting=1", 115, 404)]
    [InlineData("/?quota_key=a", 36, 400)]
    public async Task Parameter_ThatCannotBe_IsRefused(string url, int code, int status)
    {
        using var answer = await engine.SendAsync(url, "SELECT 1"u8.ToArray(), ("X-ClickHouse-Quota", "b"));
        await CheckAsync(answer, "", code, status);
    }

    /// <summary>Of database and format the header goes before the URL, of the query's id the URL; of two queries in a URL the first counts.</summary>
    [Fact]
    public async Task Header_AndUrl_HaveTheirOrder()
    {
        using var answer = await engine.SendAsync("/?query=SELECT+currentDatabase()+AS+d&query=SELECT+2&database=tidemark&default_format=CSV&query_id=of-the-url", [],
            ("X-ClickHouse-Database", "system"), ("X-ClickHouse-Format", "JSONEachRow"), ("X-ClickHouse-Query-Id", "of-the-header"));
        Assert.Equal("{\"d\":\"system\"}\n", await answer.Content.ReadAsStringAsync());
        Assert.Equal("of-the-url", answer.Headers.GetValues("X-ClickHouse-Query-Id").Single());
        using var byHeader = await engine.SendAsync("/?query=SELECT+1", null, ("X-ClickHouse-Query-Id", "of-the-header"));
        Assert.Equal("of-the-header", byHeader.Headers.GetValues("X-ClickHouse-Query-Id").Single());
    }

    [Fact]
    public async Task Json_QuotesWhatAJavaScriptNumberCannotHold_UnlessToldNotTo()
    {
        const string Sql = "SELECT 18446744073709551615 AS a, -5::Int64 AS b, 7::UInt32 AS c FORMAT JSONEachRow";
        Assert.Equal("{\"a\":\"18446744073709551615\",\"b\":\"-5\",\"c\":7}\n", await engine.ReadAsync(Sql));
        Assert.Equal("{\"a\":18446744073709551615,\"b\":-5,\"c\":7}\n", await engine.ReadAsync(Sql, "/?output_format_json_quote_64bit_integers=0"));
        Assert.Equal("{\"a\":18446744073709551615,\"b\":-5,\"c\":7}\n", await engine.ReadAsync(Sql.Replace(" FORMAT", " SETTINGS output_format_json_quote_64bit_integers=0 FORMAT", StringComparison.Ordinal)));
        // The next one on the same connection has the default again.
        for (var i = 0; i < 20; i++)
            Assert.StartsWith("{\"a\":\"18", await engine.ReadAsync(Sql), StringComparison.Ordinal);
    }

    /// <summary>A JavaScript Date comes as seconds with milliseconds, whatever the type.</summary>
    [Theory]
    [InlineData("DateTime('UTC')", "1700000000.123", "2023-11-14 22:13:20\n")]
    [InlineData("Nullable(DateTime)", "1700000000.123", "2023-11-14 22:13:20\n")]
    [InlineData("DateTime64(3, 'UTC')", "1700000000.123", "2023-11-14 22:13:20.123\n")]
    [InlineData("DateTime64(3)", "0000000005.250", "1970-01-01 00:00:05.250\n")]
    [InlineData("Date", "1700000000.123", "2023-11-14\n")]
    [InlineData("Date32", "1700000000", "2023-11-14\n")]
    [InlineData("Array(Date)", "[1700000000.123,1700100000]", "['2023-11-14','2023-11-16']\n")]
    [InlineData("Array(DateTime64(3))", "[1700000000.123,1700000001]", "['2023-11-14 22:13:20.123','2023-11-14 22:13:21.000']\n")]
    [InlineData("Array(Nullable(DateTime))", "[1700000000.123,NULL]", "['2023-11-14 22:13:20',NULL]\n")]
    [InlineData("Nullable(Date)", "1700000000", "2023-11-14\n")]
    [InlineData("Date", "2023-11-14", "2023-11-14\n")]
    [InlineData("String", "1700000000.123", "1700000000.123\n")]
    [InlineData("Decimal(20, 3)", "1700000000.123", "1700000000.123\n")]
    [InlineData("DateTime", "x", null)]
    public async Task Parameter_OfADate_FitsItsType(string type, string value, string? expected)
    {
        var url = $"/?param_d={Uri.EscapeDataString(value)}";
        using var answer = await engine.SendAsync(url, Encoding.UTF8.GetBytes($"SELECT {{d:{type}}}"));
        if (expected is null)
            await CheckAsync(answer, "", 41, 400);
        else
            Assert.Equal(expected, await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Parameter_OfTwoTypes_StaysAsItIs()
    {
        using var answer = await engine.SendAsync("/?param_d=1700000000.123", "SELECT {d:DateTime64(3)}, {d:String}"u8.ToArray());
        Assert.Equal("2023-11-14 22:13:20.123\t1700000000.123\n", await answer.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("JSON")]
    [InlineData("JSONCompact")]
    [InlineData("JSONColumns")]
    [InlineData("JSONObjectEachRow")]
    [InlineData("JSONEachRow")]
    [InlineData("JSONCompactEachRowWithNames")]
    public async Task Error_InTheFormat_IsValidJson(string format)
    {
        using var answer = await engine.SendAsync("/?http_write_exception_in_output_format=1",
            Encoding.UTF8.GetBytes($"SELECT number, throwIf(number = 500, 'tripped \"here\"') FROM numbers(1000) SETTINGS max_block_size = 50, max_threads = 1 FORMAT {format}"));
        var text = await answer.Content.ReadAsStringAsync();
        Assert.Equal(500, (int)answer.StatusCode);
        Assert.Equal("395", answer.Headers.GetValues("X-ClickHouse-Exception-Code").Single());
        Assert.Contains("json", answer.Content.Headers.ContentType!.MediaType, StringComparison.Ordinal);
        using var json = JsonDocument.Parse(text);
        Assert.StartsWith("Code: 395. DB::Exception: tripped \"here\"", json.RootElement.GetProperty("exception").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Error_InTheFormat_IsValidXml_AndPlainWhereTheFormatHasNoPlace()
    {
        using var xml = await engine.SendAsync("/?http_write_exception_in_output_format=1&default_format=XML", "SELECT <nope"u8.ToArray());
        Assert.Equal(HttpStatusCode.BadRequest, xml.StatusCode);
        Assert.StartsWith("Code: 62. DB::Exception: ", XDocument.Parse(await xml.Content.ReadAsStringAsync()).Root!.Element("exception")!.Value, StringComparison.Ordinal);
        using var csv = await engine.SendAsync("/?http_write_exception_in_output_format=1&default_format=CSV", "SELECT nope"u8.ToArray());
        await CheckAsync(csv, "", 47, 404);
    }

    /// <summary>Lines that are on their way end with one more, and the transfer ends as a whole one does.</summary>
    [Fact]
    public async Task Error_AfterTheFirstLines_IsTheLastLine()
    {
        using var answer = await engine.SendAsync("/?http_write_exception_in_output_format=1",
            "SELECT repeat('x', 1000) AS s, throwIf(number = 5000, 'tripped') AS t FROM numbers(10000) SETTINGS max_block_size = 500, max_threads = 1 FORMAT JSONEachRow"u8.ToArray());
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var lines = (await answer.Content.ReadAsStringAsync()).TrimEnd('\n').Split('\n');
        Assert.True(lines.Length > 100);
        Assert.All(lines[..^1], line => Assert.StartsWith("{\"s\":\"xxx", line, StringComparison.Ordinal));
        Assert.StartsWith("{\"exception\":\"Code: 395.", lines[^1].Replace("\": \"", "\":\"", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Progress_IsInTheHeaders_WhenAskedFor()
    {
        using var silent = await engine.SendAsync("/?query=SELECT+1", null);
        Assert.False(silent.Headers.Contains("X-ClickHouse-Progress"));
        using var answer = await engine.SendAsync("/?wait_end_of_query=1&send_progress_in_http_headers=1&http_headers_progress_interval_ms=1",
            "SELECT sum(sipHash64(number)) > 0, sleep(1) FROM numbers(1000000)"u8.ToArray());
        Assert.Equal("1\t0\n", await answer.Content.ReadAsStringAsync());
        var progress = answer.Headers.GetValues("X-ClickHouse-Progress").Select(value => JsonDocument.Parse(value).RootElement).ToList();
        var rows = progress.ConvertAll(element => long.Parse(element.GetProperty("read_rows").GetString()!));
        Assert.InRange(rows.Count, 2, 32);
        Assert.Equal(rows.Order(), rows);
        Assert.Equal(1_000_000, rows[^1]);
    }

    [Theory]
    [InlineData("{'Content-Disposition': 'attachment; filename=\"a.csv\"', 'X-Report': 'July'}", "Content-Disposition", "attachment; filename=\"a.csv\"")]
    [InlineData("{'content-type':'image/png'}", "Content-Type", "image/png")]
    [InlineData("{'Cache-Control':'max-age=60'}", "Cache-Control", "max-age=60")]
    public async Task Header_OfTheQuery_IsTaken(string map, string name, string value)
    {
        using var inUrl = await engine.SendAsync($"/?http_response_headers={Uri.EscapeDataString(map)}&query=SELECT+1", null);
        using var inClause = await engine.SendAsync("/", Encoding.UTF8.GetBytes($"SELECT 1 SETTINGS http_response_headers = {map}"));
        foreach (var answer in new[] { inUrl, inClause })
        {
            Assert.Equal("1\n", await answer.Content.ReadAsStringAsync());
            Assert.Equal(value, (answer.Headers.TryGetValues(name, out var values) ? values : answer.Content.Headers.GetValues(name)).Single());
        }
    }

    [Theory]
    [InlineData("{'Set-Cookie':'a=b'}")]
    [InlineData("{'Access-Control-Allow-Origin':'*'}")]
    [InlineData("{'Content-Length':'1'}")]
    [InlineData("{'Transfer-Encoding':'gzip'}")]
    [InlineData("{'Content-Security-Policy':'x'}")]
    [InlineData("{'X-Content-Type-Options':'x'}")]
    [InlineData("{'X-Frame-Options':'x'}")]
    [InlineData("{'X-ClickHouse-Summary':'x'}")]
    [InlineData("{'Location':'http://x'}")]
    [InlineData("{'Refresh':'0;url=x'}")]
    [InlineData("{'Link':'x'}")]
    [InlineData("{'Content-Encoding':'gzip'}")]
    [InlineData("{'Service-Worker-Allowed':'/'}")]
    [InlineData("{'Content-Type':'text/html'}")]
    [InlineData("{'Content-Type':'image/svg+xml'}")]
    [InlineData("{'Content-Type':'application/xml'}")]
    [InlineData("{'Content-Type':'text/javascript'}")]
    [InlineData("{'Content-Type':' text/html; x=text/plain'}")]
    [InlineData("{'X-A':'a\\r\\nSet-Cookie: b'}")]
    [InlineData("{'X-A: b':'a'}")]
    [InlineData("{'X-A':'a','x-a':'b'}")]
    public async Task Header_ThatABrowserObeys_IsRefused(string map)
    {
        using var inUrl = await engine.SendAsync($"/?http_response_headers={Uri.EscapeDataString(map)}&query=SELECT+1", null);
        using var inClause = await engine.SendAsync("/", Encoding.UTF8.GetBytes($"SELECT 1 SETTINGS http_response_headers = {map}"));
        foreach (var answer in new[] { inUrl, inClause })
            await CheckAsync(answer, "", 36, 400);
    }

    /// <summary>With compress=1 an error is in blocks too, and nothing is no block.</summary>
    [Fact]
    public async Task Compress_ErrorAndEmptyAnswer()
    {
        using var error = await engine.SendAsync("/?compress=1", "SELEC 1"u8.ToArray());
        Assert.Equal(400, (int)error.StatusCode);
        var bytes = await error.Content.ReadAsByteArrayAsync();
        Assert.Equal(0x82, bytes[16]);
        using var empty = await engine.SendAsync("/?compress=1", "SELECT 1 WHERE 0"u8.ToArray());
        Assert.Empty(await empty.Content.ReadAsByteArrayAsync());
    }

    [Theory]
    [InlineData("SELECT number FROM numbers(10)", "TSV", 10, 0)]
    [InlineData("SELECT number FROM numbers(10)", "JSON", 10, 0)]
    [InlineData("SHOW DATABASES", "TSV", 5, 0)]
    [InlineData("INSERT INTO {T} SELECT number FROM numbers(10)", "TSV", 10, 10)]
    [InlineData("INSERT INTO {T} VALUES (1), (2)", "TSV", 2, 2)]
    public async Task Summary_HasTheCounts(string sql, string format, int result, int written)
    {
        var table = EngineFixture.Table();
        await engine.WriteAsync($"CREATE TABLE {table} (a UInt64) ENGINE = Memory");
        using var answer = await engine.SendAsync($"/?default_format={format}", Encoding.UTF8.GetBytes(sql.Replace("{T}", table, StringComparison.Ordinal)),
            ("X-ClickHouse-User", "writer"), ("X-ClickHouse-Key", EngineFixture.Password));
        using var summary = JsonDocument.Parse(answer.Headers.GetValues("X-ClickHouse-Summary").Single());
        Assert.Equal(result.ToString(), summary.RootElement.GetProperty("result_rows").GetString());
        Assert.Equal(written.ToString(), summary.RootElement.GetProperty("written_rows").GetString());
        Assert.NotEqual("0", summary.RootElement.GetProperty("elapsed_ns").GetString());
    }

    /// <summary>The summary can only count what was read before the first byte went out: a buffer that holds the whole answer makes it whole.</summary>
    [Fact]
    public async Task BufferSize_HoldsTheAnswerBack()
    {
        using var answer = await engine.SendAsync("/?buffer_size=1000000&query=SELECT+repeat('x',99)+FROM+numbers(5000)", null);
        using var summary = JsonDocument.Parse(answer.Headers.GetValues("X-ClickHouse-Summary").Single());
        Assert.Equal("5000", summary.RootElement.GetProperty("result_rows").GetString());
        Assert.Equal(500_000, (await answer.Content.ReadAsByteArrayAsync()).Length);
    }

    static async Task CheckAsync(HttpResponseMessage answer, string expected, int code, int status)
    {
        var text = await answer.Content.ReadAsStringAsync();
        if (code == 0)
        {
            Assert.Equal(expected, text);
            return;
        }

        Assert.StartsWith($"Code: {code}. DB::Exception: ", text, StringComparison.Ordinal);
        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal(code.ToString(), answer.Headers.GetValues("X-ClickHouse-Exception-Code").Single());
    }
}

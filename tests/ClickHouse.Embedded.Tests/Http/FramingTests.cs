using System.Text;

namespace Tidemark.ClickHouse.Embedded.Tests.Http;

/// <summary>What a hostile or broken client can put around a statement, over raw sockets.</summary>
[Collection("engine")]
public sealed class FramingTests(EngineFixture engine)
{
    const string Post = "POST / HTTP/1.1\r\nHost: localhost\r\n";
    const string Form = "POST /?query=SELECT+1 HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; boundary=b\r\nConnection: close\r\n";

    [Fact]
    public async Task PlainAndChunked_AreTaken()
    {
        Assert.Contains("\n1\n", await RawRequest.SendAsync(engine.Port, Post + "Connection: close\r\nContent-Length: 8\r\n\r\nSELECT 1"), StringComparison.Ordinal);
        Assert.Contains("\n1\n", await RawRequest.SendAsync(engine.Port, Post + "Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n8\r\nSELECT 1\r\n0\r\nX: a\r\n\r\n"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n8\r\nSELECT 1\r\n0\r\n\r\n")]
    [InlineData("Transfer-Encoding: gzip, chunked\r\n\r\n8\r\nSELECT 1\r\n0\r\n\r\n")]
    [InlineData("Transfer-Encoding: chunked, identity\r\n\r\n8\r\nSELECT 1\r\n0\r\n\r\n")]
    [InlineData("Transfer-Encoding: xchunked\r\n\r\n8\r\nSELECT 1\r\n0\r\n\r\n")]
    [InlineData("Content-Length: 8\r\nTransfer-Encoding: chunked\r\n\r\n8\r\nSELECT 1\r\n0\r\n\r\n")]
    [InlineData("Content-Length: +8\r\n\r\nSELECT 1")]
    [InlineData("Content-Length: 0x8\r\n\r\nSELECT 1")]
    [InlineData("Content-Length: 8\r\nContent-Length: 8\r\n\r\nSELECT 1")]
    [InlineData("Content-Length : 8\r\n\r\nSELECT 1")]
    [InlineData("Content-Length: 8\n\nSELECT 1")]
    [InlineData("X: a\nContent-Length: 8\r\n\r\nSELECT 1")]
    [InlineData("X: a\r\n b\r\nContent-Length: 8\r\n\r\nSELECT 1")]
    [InlineData("X Y: a\r\nContent-Length: 8\r\n\r\nSELECT 1")]
    [InlineData("X: a\0b\r\nContent-Length: 8\r\n\r\nSELECT 1")]
    [InlineData("Host: localhost\r\nContent-Length: 8\r\n\r\nSELECT 1")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n0x8\r\nSELECT 1\r\n0\r\n\r\n")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n+8\r\nSELECT 1\r\n0\r\n\r\n")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n8\nSELECT 1\r\n0\r\n\r\n")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n8;\nx\r\nSELECT 1\r\n0\r\n\r\n")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n3\r\nSELECT 1\r\n0\r\n\r\n")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n8\r\nSELECT 1\r\n0\r\nX: a\0b\r\n\r\n")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n8\r\nSELECT 1\r\n0\r\nX: \u00ff\u00fe\r\n\r\n")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n8\r\nSELECT 1\r\n0\r\nno colon\r\n\r\n")]
    public async Task Malformed_Is400AndClosed(string rest)
    {
        var answer = await RawRequest.SendAsync(engine.Port, Post + rest);
        Assert.StartsWith("HTTP/1.1 400", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("\n1\n", answer, StringComparison.Ordinal);
    }

    /// <summary>Data that is streamed into a table: nothing of it is stored.</summary>
    [Theory]
    [InlineData("zz\r\n")]
    [InlineData("0\r\nX: a\0b\r\n\r\n")]
    [InlineData("0\r\nX: \u00ff\u00fe\r\n\r\n")]
    public async Task Insert_WithAMalformedEnd_IsRefused(string end)
    {
        var table = EngineFixture.Table();
        await engine.WriteAsync($"CREATE TABLE {table} (a UInt32) ENGINE = MergeTree ORDER BY a");
        var key = Convert.ToBase64String(Encoding.UTF8.GetBytes("writer:" + EngineFixture.Password));
        var answer = await RawRequest.SendAsync(
            engine.Port, $"POST /?query=INSERT+INTO+{table}+FORMAT+TSV HTTP/1.1\r\nHost: localhost\r\nAuthorization: Basic {key}\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n1\n2\n\r\n{end}");
        Assert.StartsWith("HTTP/1.1 400", answer, StringComparison.Ordinal);
        Assert.Equal("0\n", await engine.ReadAsync($"SELECT count() FROM {table}"));
    }

    [Theory]
    [InlineData("--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1")]
    [InlineData("--b\r\nContent-Disposition: form-data; name=\"a\"\r\n")]
    [InlineData("--b\r\nContent-Disposition: nonsense=\r\n\r\n1\r\n--b--\r\n")]
    [InlineData("--b\r\nContent-Disposition: form-data\r\n\r\n1\r\n--b--\r\n")]
    [InlineData("--b\r\n\r\n1\r\n--b--\r\n")]
    [InlineData("--b\r\nno colon\r\n\r\n1\r\n--b--\r\n")]
    [InlineData("no part at all")]
    public async Task MalformedForm_Is400(string body)
    {
        var answer = await RawRequest.SendAsync(engine.Port, $"{Form}Content-Length: {body.Length}\r\n\r\n{body}");
        Assert.StartsWith("HTTP/1.1 400", answer, StringComparison.Ordinal);
        Assert.Contains("BAD_ARGUMENTS", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("multipart/form-data")]
    [InlineData("multipart/form-data; boundary=")]
    [InlineData("multipart/form-data; boundary=\"a\"b\"")]
    [InlineData("multipart/form-data; boundary=LONG")]
    [InlineData("multipart/form-data; nonsense; =")]
    public async Task Form_WithoutAProperBoundary_Is400(string type)
    {
        const string body = "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--b--\r\n";
        var answer = await RawRequest.SendAsync(engine.Port,
            $"POST /?query=SELECT+1 HTTP/1.1\r\nHost: localhost\r\nContent-Type: {type.Replace("LONG", new string('b', 9000), StringComparison.Ordinal)}\r\nConnection: close\r\nContent-Length: {body.Length}\r\n\r\n{body}");
        Assert.StartsWith("HTTP/1.1 400", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n\r\n", 400)]
    [InlineData("GET http://evil.example/ping HTTP/1.1\r\nHost: localhost\r\n\r\n", 400)]
    [InlineData("GET /%00 HTTP/1.1\r\nHost: localhost\r\n\r\n", 400)]
    [InlineData("TRACE / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", 405)]
    [InlineData("GET /ping HTTP/1.0\r\n\r\n", 200)]
    [InlineData("GET /ping HTTP/1.1\r\nHost:\r\nConnection: close\r\n\r\n", 200)]
    public async Task UnusualRequest_HasItsStatus(string request, int status) =>
        Assert.StartsWith($"HTTP/1.1 {status}", await RawRequest.SendAsync(engine.Port, request), StringComparison.Ordinal);

    [Fact]
    public async Task Http09_IsRefused() => Assert.Matches("^HTTP/1.1 (400|505)", await RawRequest.SendAsync(engine.Port, "GET /ping\r\n\r\n"));

    [Fact]
    public async Task Http2Preface_IsClosed() =>
        Assert.DoesNotContain("200", await RawRequest.SendAsync(engine.Port, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), StringComparison.Ordinal);

    [Fact]
    public async Task Url_OfAMebibyte_IsTaken()
    {
        var answer = await engine.Http.GetAsync(new Uri($"/?query=SELECT+1+--+{new string('x', 250 << 10)}&max_query_size=1000000", UriKind.Relative));
        Assert.Equal("1\n", await answer.Content.ReadAsStringAsync());
    }
}

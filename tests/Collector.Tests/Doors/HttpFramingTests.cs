using Microsoft.AspNetCore.Server.Kestrel.Core;
using Tidemark.Collector.Tests.Hosting;
using Tidemark.HttpHardening;

namespace Tidemark.Collector.Tests.Doors;

/// <summary>What a hostile or broken client can put around a body, over raw sockets.</summary>
public sealed class HttpFramingTests
{
    private const string Post = "POST /v1/events HTTP/1.1\r\nHost: localhost\r\nX-Write-Key: all\r\n";
    private const string Event = """{"event":"e","anonymousId":"a"}""";

    private static readonly string _hex = Event.Length.ToString("x", null);

    [Fact]
    public async Task PlainAndChunked_AreTaken()
    {
        await using var host = await CollectorHost.StartAsync();
        Assert.StartsWith("HTTP/1.1 200", await host.RawAsync($"{Post}Content-Length: {Event.Length}\r\n\r\n{Event}"), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 200", await host.RawAsync($"{Post}Transfer-Encoding: chunked\r\n\r\n{_hex}\r\n{Event}\r\n0\r\n\r\n"), StringComparison.Ordinal);
        Assert.Equal(2, host.Events().Count);
    }

    [Theory]
    [InlineData("Transfer-Encoding: xchunked\r\n\r\n", 400)]
    [InlineData("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\nCHUNK", 400)]
    [InlineData("Transfer-Encoding: gzip, chunked\r\n\r\nCHUNK", 400)]
    [InlineData("Transfer-Encoding: chunked, identity\r\n\r\nCHUNK", 400)]
    [InlineData("Content-Length: +31\r\n\r\nEVENT", 400)]
    [InlineData("Content-Length: -0\r\n\r\n", 400)]
    [InlineData("Content-Length: 0x1f\r\n\r\nEVENT", 400)]
    [InlineData("Content-Length: 3 1\r\n\r\nEVENT", 400)]
    [InlineData("Content-Length: 99999999999999999999999999\r\n\r\nEVENT", 400)]
    [InlineData("Content-Length:\r\n\r\nEVENT", 400)]
    [InlineData("Content-Length: 31\r\nContent-Length: 31\r\n\r\nEVENT", 400)]
    [InlineData("Content-Length: 31\r\nContent-Length: 30\r\n\r\nEVENT", 400)]
    [InlineData("Content-Length : 31\r\n\r\nEVENT", 400)]
    [InlineData("Content-Length: 31\n\nEVENT", 400)]
    [InlineData("X: a\nContent-Length: 31\r\n\r\nEVENT", 400)]
    [InlineData("X: a\0b\r\nContent-Length: 31\r\n\r\nEVENT", 400)]
    [InlineData("X: a\u00ffb\r\nContent-Length: 31\r\n\r\nEVENT", 400)]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n0x1f\r\nEVENT\r\n0\r\n\r\n", 400)]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n1f;\nxx\r\nEVENT\r\n0\r\n\r\n", 400)]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n5\r\nEVENT\r\n0\r\n\r\n", 400)]
    [InlineData("Content-Length: 31\r\nTransfer-Encoding: chunked\r\n\r\nCHUNK", 400)]
    [InlineData("Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\nCHUNK", 400)]
    [InlineData("Transfer-Encoding: chunked\r\nX-Content-Length: 2\r\n\r\nCHUNK", 400)]
    [InlineData("Transfer-Encoding: \r\n\r\nCHUNK", 400)]
    [InlineData("Transfer-Encoding: chunked, chunked\r\n\r\nCHUNK", 400)]
    [InlineData("Transfer-Encoding : chunked\r\n\r\nCHUNK", 400)]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n-1\r\nEVENT\r\n0\r\n\r\n", 400)]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n+1f\r\nEVENT\r\n0\r\n\r\n", 400)]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n 1f\r\nEVENT\r\n0\r\n\r\n", 400)]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n1f\nEVENT\r\n0\r\n\r\n", 400)]
    [InlineData("Transfer-Encoding: chunked\r\n\r\nffffffffffffffff1f\r\nEVENT\r\n0\r\n\r\n", 400)]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n\r\nEVENT\r\n0\r\n\r\n", 400)]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n1f\r\nEVENTxx0\r\n\r\n", 400)]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n1f\r\nEVENT\r\n0\r\nX: a\0b\r\n\r\n", 400)]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n1f\r\nEVENT\r\n0\r\nX: \u00ff\u00fe\r\n\r\n", 400)]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n1f\r\nEVENT\r\n0\r\nX\0: a\r\n\r\n", 400)]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n1f\r\nEVENT\r\n0\r\nno colon\r\n\r\n", 400)]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n1f\r\nEVENT\r\n0\r\nX : a\r\n\r\n", 400)]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n1f\r\nEVENT\r\n0\r\nX: a\n\r\n", 400)]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n1f\r\nEVENT\r\n0\r\nLARGE\r\n\r\n", 400)]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n1f\r\nEVENT\r\n0\r\nMANY\r\n", 400)]
    [InlineData("Host: localhost\r\n\r\n", 400)]
    [InlineData("X: a\r\n folded\r\nContent-Length: 31\r\n\r\nEVENT", 400)]
    [InlineData("X Y: a\r\nContent-Length: 31\r\n\r\nEVENT", 400)]
    [InlineData(": a\r\nContent-Length: 31\r\n\r\nEVENT", 400)]
    [InlineData("no colon\r\nContent-Length: 31\r\n\r\nEVENT", 400)]
    [InlineData("Content-Length: 5000000\r\n\r\n", 413)]
    [InlineData("Content-Length: 5000000\r\nExpect: 100-continue\r\n\r\n", 413)]
    public async Task MalformedOrTooLarge_IsRefused(string rest, int status)
    {
        await using var host = await CollectorHost.StartAsync();
        rest = rest.Replace("LARGE", "X: " + new string('x', 20 << 10), StringComparison.Ordinal).Replace("MANY", string.Concat(Enumerable.Range(0, 100).Select(i => $"X{i}: a\r\n")), StringComparison.Ordinal);
        var answer = await host.RawAsync(Post + rest.Replace("CHUNK", $"{_hex}\r\nEVENT\r\n0\r\n\r\n", StringComparison.Ordinal).Replace("EVENT", Event, StringComparison.Ordinal));
        Assert.StartsWith($"HTTP/1.1 {status}", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("100 Continue", answer, StringComparison.Ordinal);
        Assert.EndsWith("<closed>", answer, StringComparison.Ordinal);
        Assert.Empty(host.Events());
        Assert.Empty(host.Said.All);
    }

    /// <summary>Paths that do not read the body: what is wrong with it shows only when Kestrel passes over it.</summary>
    [Theory]
    [InlineData("1f\r\nEVENT\r\n0\r\nX: a\0b\r\n\r\n")]
    [InlineData("1f\r\nEVENT\r\n0\r\nX: \u00ff\u00fe\r\n\r\n")]
    [InlineData("zz\r\nEVENT\r\n0\r\n\r\n")]
    public async Task Malformed_WhereNobodyReads_IsNotLogged(string body)
    {
        await using var host = await CollectorHost.StartAsync();
        foreach (var path in new[] { "/v1/history/end?import=i", "/nothing", "/health/live", "/metrics" })
        {
            var answer = await host.RawAsync($"POST {path} HTTP/1.1\r\nHost: localhost\r\nX-Write-Key: all\r\nTransfer-Encoding: chunked\r\n\r\n{body.Replace("EVENT", Event, StringComparison.Ordinal)}");
            Assert.DoesNotContain("HTTP/1.1 500", answer, StringComparison.Ordinal);
        }
        Assert.Empty(host.Said.All);
    }

    [Theory]
    [InlineData("GET\r\n\r\n")]
    [InlineData("GET /%00 HTTP/1.1\r\nHost: localhost\r\n\r\n")]
    [InlineData("GET /a\0b HTTP/1.1\r\nHost: localhost\r\n\r\n")]
    [InlineData("GET /health/live HTTP/1.1\r\n\r\n")]
    [InlineData("GET /health/live HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n")]
    [InlineData("GET http://evil.example/health/live HTTP/1.1\r\nHost: localhost\r\n\r\n")]
    [InlineData("CONNECT evil.example:80 HTTP/1.1\r\nHost: localhost\r\n\r\n")]
    [InlineData("GET /health/live HTTP/1.1\nHost: localhost\n\n")]
    [InlineData("POST /v1/events HTTP/1.0\r\nHost: localhost\r\nX-Write-Key: all\r\nTransfer-Encoding: chunked\r\n\r\nCHUNK")]
    public async Task MalformedRequest_Is400AndClosed(string request)
    {
        await using var host = await CollectorHost.StartAsync();
        var answer = await host.RawAsync(request.Replace("CHUNK", $"{_hex}\r\n{Event}\r\n0\r\n\r\n", StringComparison.Ordinal));
        Assert.StartsWith("HTTP/1.1 400", answer, StringComparison.Ordinal);
        Assert.EndsWith("<closed>", answer, StringComparison.Ordinal);
        Assert.Empty(host.Events());
        Assert.Empty(host.Said.All);
    }

    [Fact]
    public async Task Http09_IsRefused()
    {
        await using var host = await CollectorHost.StartAsync();
        Assert.Matches("^HTTP/1.1 (400|505)", await host.RawAsync("GET /health/live\r\n\r\n"));
    }

    /// <summary>Nothing comes of these either, but the status is what the path has to say.</summary>
    [Theory]
    [InlineData("CONNECT localhost:80 HTTP/1.1\r\nHost: localhost:80\r\nConnection: close\r\n\r\n", 404)]
    [InlineData("TRACE /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", 405)]
    [InlineData("GET /%zz%e2%28 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", 404)]
    [InlineData("OPTIONS * HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", 404)]
    [InlineData("GET http://localhost/health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", 200)]
    public async Task UnusualRequest_IsAnsweredAsData(string request, int status)
    {
        await using var host = await CollectorHost.StartAsync();
        var answer = await host.RawAsync(request);
        Assert.StartsWith($"HTTP/1.1 {status}", answer, StringComparison.Ordinal);
        Assert.Contains("X-Content-Type-Options: nosniff", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("text/html", answer, StringComparison.Ordinal);
        Assert.Empty(host.Said.All);
    }

    [Fact]
    public async Task Chunked_BeyondTheLimit_Is413()
    {
        await using var host = await CollectorHost.StartAsync();
        var chunk = $"10000\r\n{new string(' ', 0x10000)}\r\n";
        var answer = await host.RawAsync($"{Post}Transfer-Encoding: chunked\r\n\r\n{string.Concat(Enumerable.Repeat(chunk, 17))}0\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 413", answer, StringComparison.Ordinal);
        Assert.Contains("body_too_large", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Body_OfExactlyTheLimit_IsRead()
    {
        await using var host = await CollectorHost.StartAsync();
        Assert.Equal(200, (await host.PostAsync(Event + new string(' ', (1 << 20) - Event.Length))).Status);
        Assert.Equal(413, (await host.PostAsync(Event + new string(' ', (1 << 20) - Event.Length + 1))).Status);
    }

    /// <summary>Closing the connection on unread bytes would reset it, and what the client had not read of the answer with it.</summary>
    [Theory]
    [InlineData(413, "/v1/events", "all", "localhost", false)]
    [InlineData(413, "/v1/events", "all", "localhost", true)]
    [InlineData(401, "/v1/events", "nobody", "localhost", false)]
    [InlineData(401, "/v1/history", "nobody", "localhost", true)]
    [InlineData(404, "/v1/nothing", "all", "localhost", false)]
    [InlineData(404, "/v1/nothing", "all", "localhost", true)]
    [InlineData(405, "/metrics", "all", "localhost", false)]
    [InlineData(421, "/v1/events", "all", "evil.example", false)]
    [InlineData(421, "/v1/events", "all", "evil.example", true)]
    public async Task Refusal_OfALargeBody_IsHeardByWhoSendsAllOfItFirst(int status, string path, string key, string name, bool chunked)
    {
        await using var host = await CollectorHost.StartAsync();
        using var client = new System.Net.Sockets.TcpClient();
        await client.ConnectAsync(System.Net.IPAddress.Loopback, host.Client.BaseAddress!.Port);
        var stream = client.GetStream();
        var body = new string(' ', 32 << 20);
        var framed = chunked ? $"Transfer-Encoding: chunked\r\n\r\n{body.Length:x}\r\n{body}\r\n0\r\n\r\n" : $"Content-Length: {body.Length}\r\n\r\n{body}";
        await stream.WriteAsync(System.Text.Encoding.ASCII.GetBytes($"POST {path} HTTP/1.1\r\nHost: {name}\r\nX-Write-Key: {key}\r\nConnection: close\r\n{framed}"));
        using var answer = new StreamReader(stream);
        Assert.StartsWith($"HTTP/1.1 {status}", await answer.ReadToEndAsync(), StringComparison.Ordinal);
        Assert.Empty(host.Events());
        Assert.Empty(host.Said.All);
    }

    /// <summary>Where nothing more was to be closed for, the connection can be used again.</summary>
    [Fact]
    public async Task Connection_AfterARefusalOfALargeBody_GoesOn()
    {
        await using var host = await CollectorHost.StartAsync();
        using var client = new System.Net.Sockets.TcpClient();
        await client.ConnectAsync(System.Net.IPAddress.Loopback, host.Client.BaseAddress!.Port);
        var body = new string(' ', 8 << 20);
        await client.GetStream().WriteAsync(System.Text.Encoding.ASCII.GetBytes(
            $"POST /v1/events HTTP/1.1\r\nHost: localhost\r\nX-Write-Key: nobody\r\nContent-Length: {body.Length}\r\n\r\n{body}GET /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"));
        using var answer = new StreamReader(client.GetStream());
        Assert.Matches("(?s)^HTTP/1.1 401.*HTTP/1.1 200", await answer.ReadToEndAsync());
    }

    [Fact]
    public async Task HeadersBeyondTheLimits_Are431AndRequestLines414()
    {
        await using var host = await CollectorHost.StartAsync();
        Assert.StartsWith("HTTP/1.1 431", await host.RawAsync($"{Post}X: {new string('x', 16 << 10)}\r\n\r\n"), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 431", await host.RawAsync(Post + string.Concat(Enumerable.Range(0, 150).Select(i => $"X{i}: a\r\n")) + "\r\n"), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 414", await host.RawAsync($"POST /v1/events?{new string('x', 5000)} HTTP/1.1\r\nHost: localhost\r\n\r\n"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Http2Preface_IsClosed()
    {
        await using var host = await CollectorHost.StartAsync();
        var answer = await host.RawAsync("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
        Assert.EndsWith("<closed>", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("200", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task BodyThatNeverComes_Is408()
    {
        // The rate is Kestrel's (240 bytes a second after 5 s); shortened so that the test is.
        await using var host = await CollectorHost.StartAsync(kestrel: server =>
            server.Limits.MinRequestBodyDataRate = new MinDataRate(1000, TimeSpan.FromSeconds(1.1)));
        var answer = await host.RawAsync($"{Post}Content-Length: 10\r\n\r\nab");
        Assert.StartsWith("HTTP/1.1 408", answer, StringComparison.Ordinal);
        Assert.Contains("timeout", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task HeadersThatNeverCome_AreClosed()
    {
        await using var host = await CollectorHost.StartAsync(limits: new DoorLimits { HeaderTimeout = TimeSpan.FromSeconds(1) });
        var answer = await host.RawAsync("POST /v1/events HTTP/1.1\r\nHost");
        Assert.EndsWith("<closed>", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ClientThatGoesAwayInTheMiddle_HarmsNobody()
    {
        await using var host = await CollectorHost.StartAsync();
        for (var i = 0; i < 20; i++)
        {
            using var client = await host.ConnectAsync();
            await client.SendAsync($"{Post}Content-Length: 1000\r\n\r\nabc");
            await Task.Delay(5);
        }
        Assert.Equal(200, (await host.PostAsync(Event)).Status);
        Assert.Single(host.Events());
    }

    [Fact]
    public async Task EmptyBody_Is400()
    {
        await using var host = await CollectorHost.StartAsync();
        Assert.Contains("empty_body", await host.RawAsync(Post + "Content-Length: 0\r\n\r\n"), StringComparison.Ordinal);
        Assert.Contains("empty_body", await host.RawAsync(Post + "\r\n"), StringComparison.Ordinal);
    }
}

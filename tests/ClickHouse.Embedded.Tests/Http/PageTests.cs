namespace Tidemark.ClickHouse.Embedded.Tests.Http;

/// <summary>Who may ask: which hosts are served, and that no page of another origin is.</summary>
[Collection("engine")]
public sealed class PageTests(EngineFixture engine)
{
    string Own => $"http://127.0.0.1:{engine.Port}";

    [Theory]
    [InlineData("localhost")]
    [InlineData("LOCALHOST:1")]
    [InlineData("localhost.")]
    [InlineData("anything.localhost:8123")]
    [InlineData("127.0.0.1")]
    [InlineData("127.1.2.3:80")]
    [InlineData("[::1]:8123")]
    public async Task Host_OfLoopback_IsServed(string host) => Assert.StartsWith("HTTP/1.1 200", await GetAsync("/?query=SELECT+1", $"Host: {host}"), StringComparison.Ordinal);

    [Theory]
    [InlineData("evil.example")]
    [InlineData("evil.example:8123")]
    [InlineData("localhost.evil.example")]
    [InlineData("127.0.0.1.evil.example")]
    [InlineData("0.0.0.0")]
    [InlineData("192.168.0.1")]
    [InlineData("[2001:db8::1]")]
    public async Task Host_OfAnyOther_IsRefusedOnEveryPath(string host)
    {
        foreach (var path in new[] { "/", "/ping", "/replicas_status", "/?query=SELECT+1", "/nothing" })
        {
            var answer = await GetAsync(path, $"Host: {host}", "X-Forwarded-Host: localhost");
            Assert.StartsWith("HTTP/1.1 421", answer, StringComparison.Ordinal);
            Assert.Contains(host, answer, StringComparison.Ordinal);
            Assert.Contains("--allowed-hosts", answer, StringComparison.Ordinal);
            AssertIsData(answer);
        }

        Assert.StartsWith("HTTP/1.1 421", await RawRequest.SendAsync(engine.Port, $"GET http://{host}/ping HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Origin: http://localhost:3000")]
    [InlineData("Origin: https://evil.example")]
    [InlineData("Origin: null")]
    [InlineData("Origin: ")]
    [InlineData("Origin: nonsense")]
    [InlineData("Sec-Fetch-Site: cross-site")]
    [InlineData("Sec-Fetch-Site: same-site")]
    [InlineData("Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document")]
    [InlineData("Origin: OWN", "Sec-Fetch-Site: cross-site")]
    [InlineData("Origin: OWN", "Origin: OWN")]
    [InlineData("Referer: https://evil.example/page")]
    [InlineData("Referer: http://localhost:3000/")]
    public async Task Page_OfAnotherOrigin_IsRefusedOnEveryPath(params string[] headers)
    {
        foreach (var path in new[] { "/", "/ping", "/?query=SELECT+1", "/nothing" })
        {
            var answer = await GetAsync(path, [$"Host: 127.0.0.1:{engine.Port}", .. headers.Select(h => h.Replace("OWN", Own, StringComparison.Ordinal))]);
            Assert.StartsWith("HTTP/1.1 403", answer, StringComparison.Ordinal);
            Assert.Contains("--sql-allowed-origins", answer, StringComparison.Ordinal);
            Assert.DoesNotContain("Access-Control-Allow", answer, StringComparison.Ordinal);
            AssertIsData(answer);
        }
    }

    [Theory]
    [InlineData("Sec-Fetch-Site: none")]
    [InlineData("Sec-Fetch-Site: same-origin")]
    [InlineData("Sec-Fetch-Site: same-origin", "Origin: OWN")]
    [InlineData("Origin: OWN")]
    [InlineData("Referer: OWN/play")]
    [InlineData("Sec-Fetch-Site: none", "Referer: https://elsewhere.example/")]
    [InlineData("X: none of these")]
    public async Task Request_OfNoPageOrTheOwn_IsServed(params string[] headers) => Assert.StartsWith("HTTP/1.1 200",
        await GetAsync("/?query=SELECT+1", [$"Host: 127.0.0.1:{engine.Port}", .. headers.Select(h => h.Replace("OWN", Own, StringComparison.Ordinal))]), StringComparison.Ordinal);

    [Theory]
    [InlineData("/", true)]
    [InlineData("/ping", true)]
    [InlineData("/replicas_status", true)]
    [InlineData("/?", false)]
    [InlineData("/?user=reader", false)]
    [InlineData("/ping?x=1", false)]
    [InlineData("/ping/", false)]
    public async Task Ok_IsForPathsWithoutParameters(string path, bool ok)
    {
        var answer = await GetAsync(path, "Host: localhost");
        Assert.Equal(ok, answer.StartsWith("HTTP/1.1 200", StringComparison.Ordinal) && answer.Contains("Ok.\n", StringComparison.Ordinal));
        Assert.Equal(ok, answer.Contains("Ok.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task NotFound_RepeatsNothingThatABrowserCouldRun()
    {
        var answer = await GetAsync("/<script>alert(1)</script>?<script>alert(2)</script>", "Host: localhost");
        Assert.StartsWith("HTTP/1.1 404", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("script", answer, StringComparison.Ordinal);
        AssertIsData(answer);
        AssertIsData(await GetAsync("/?query=SELECT+'<script>'+FORMAT+Nonsense", "Host: localhost"));
        AssertIsData(await GetAsync("/?query=SELECT+'<script>'+FORMAT+RawBLOB", "Host: localhost"));
    }

    static void AssertIsData(string answer)
    {
        Assert.Contains("X-Content-Type-Options: nosniff\r\n", answer, StringComparison.Ordinal);
        Assert.Contains("Content-Security-Policy: sandbox", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("text/html", answer, StringComparison.OrdinalIgnoreCase);
    }

    Task<string> GetAsync(string path, params string[] headers) =>
        RawRequest.SendAsync(engine.Port, $"GET {path} HTTP/1.1\r\nConnection: close\r\n{string.Concat(headers.Select(h => h + "\r\n"))}\r\n");
}

using System.Text;
using Tidemark.Collector.Tests.Hosting;

namespace Tidemark.Collector.Tests.Doors;

/// <summary>What a page in a browser may do: by a key that everybody knows, by one that is a secret, and on the paths that only programs ask for.</summary>
public sealed class PageTests
{
    private const string Event = """{"event":"e","anonymousId":"a","timestamp":"2026-05-04T11:00:00Z"}""";

    /// <summary>As the local edition has it.</summary>
    private static readonly CollectorOptions _wellKnown = CollectorHost.Options with
    {
        AllowLoopbackOrigins = true,
        AllowedOrigins = ["https://www.example.org"],
        Projects = [new ProjectOptions { Name = "local", Keys = [new WriteKeyOptions { Key = "local", History = true, WellKnown = true }, new WriteKeyOptions { Key = "secret", History = true }] }],
    };

    public static TheoryData<string, string, bool> Pages => new()
    {
        { "X-Nothing", "no page", true },
        { "Origin", "OWN", true },
        { "Origin", "http://localhost:3000", true },
        { "Origin", "https://localhost", true },
        { "Origin", "http://127.0.0.1:3000", true },
        { "Origin", "http://[::1]:3000", true },
        { "Origin", "http://shop.localhost", true },
        { "Origin", "https://www.example.org", true },
        { "Origin", "https://www.example.org:8443", false },
        { "Origin", "http://www.example.org", false },
        { "Origin", "https://evil.example", false },
        { "Origin", "http://localhost.evil.example", false },
        { "Origin", "http://localhost@evil.example", false },
        { "Origin", "null", false },
        { "Origin", "", false },
        { "Origin", "chrome-extension://localhost", false },
        { "Sec-Fetch-Site", "cross-site", false },
        { "Sec-Fetch-Site", "same-site", false },
        { "Sec-Fetch-Site", "none", true },
        { "Referer", "https://evil.example/", false },
        { "Referer", "http://localhost:3000/", true },
    };

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task WellKnownKey_IsTakenFromAllowedPagesOnly(string header, string value, bool taken)
    {
        await using var host = await CollectorHost.StartAsync(_wellKnown);
        value = value.Replace("OWN", host.Client.BaseAddress!.GetLeftPart(UriPartial.Authority), StringComparison.Ordinal);
        foreach (var path in new[] { "/v1/events", "/v1/history", "/v1/history/end?import=i", "/v1/history/undo?import=i" })
        {
            var answer = await host.PostAsync(Encoding.UTF8.GetBytes(Event), path, "local", (header, value));
            Assert.Equal(taken ? 200 : 403, answer.Status);
            if (!taken)
            {
                Assert.Equal("origin", answer.Error);
                Assert.Contains("--allowed-origins", answer.Body, StringComparison.Ordinal);
                Assert.DoesNotContain(answer.Headers.Keys, k => k.StartsWith("access-control", StringComparison.Ordinal));
            }
        }
        Assert.Equal(taken ? 1 : 0, host.Events().Count);
        // A secret proves enough, wherever the page is from.
        Assert.Equal(200, (await host.PostAsync(Encoding.UTF8.GetBytes(Event), "/v1/events", "secret", (header, value))).Status);
    }

    [Theory]
    [InlineData("http://localhost:3000", true)]
    [InlineData("http://127.0.0.1:5173", true)]
    [InlineData("https://www.example.org", true)]
    [InlineData("https://evil.example", false)]
    [InlineData("null", false)]
    public async Task Cors_AnswersPagesThatMaySend(string origin, bool hears)
    {
        await using var host = await CollectorHost.StartAsync(_wellKnown);
        using var preflight = new HttpRequestMessage(HttpMethod.Options, "/v1/events");
        preflight.Headers.Add("Origin", origin);
        preflight.Headers.Add("Access-Control-Request-Method", "POST");
        var answer = await host.SendAsync(preflight);
        Assert.Equal(hears ? origin : null, answer.Headers.GetValueOrDefault("access-control-allow-origin"));
        answer = await host.PostAsync(Encoding.UTF8.GetBytes(Event), "/v1/events", "local", ("Origin", origin));
        Assert.Equal(hears ? origin : null, answer.Headers.GetValueOrDefault("access-control-allow-origin"));
        Assert.Equal("Origin", answer.Headers["vary"]);
    }

    [Fact]
    public async Task LoopbackPages_AreStrangersWhereNobodyAllowedThem()
    {
        await using var host = await CollectorHost.StartAsync(_wellKnown with { AllowLoopbackOrigins = false });
        var answer = await host.PostAsync(Encoding.UTF8.GetBytes(Event), "/v1/events", "local", ("Origin", "http://localhost:3000"));
        Assert.Equal((403, "origin"), (answer.Status, answer.Error));
    }

    [Theory]
    [InlineData("/metrics", 403)]
    [InlineData("/nothing", 403)]
    [InlineData("/health/ready", 200)]
    [InlineData("/health/live", 200)]
    public async Task OtherPaths_AreClosedToPages(string path, int status)
    {
        await using var host = await CollectorHost.StartAsync(_wellKnown);
        foreach (var header in new[] { "Origin: https://www.example.org", "Origin: http://localhost:3000", "Sec-Fetch-Site: same-site", "Sec-Fetch-Site: cross-site" })
        {
            var answer = await host.RawAsync($"GET {path} HTTP/1.1\r\nHost: localhost\r\n{header}\r\nConnection: close\r\n\r\n");
            Assert.StartsWith($"HTTP/1.1 {status}", answer, StringComparison.Ordinal);
            Assert.Contains("X-Content-Type-Options: nosniff", answer, StringComparison.Ordinal);
            Assert.DoesNotContain("Access-Control", answer, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task ForeignHost_IsRefusedOnEveryPath()
    {
        await using var host = await CollectorHost.StartAsync(_wellKnown, allowedHosts: ["box.example"]);
        foreach (var path in new[] { "/v1/events", "/v1/history", "/v1/history/end", "/metrics", "/health/ready", "/health/live", "/nothing" })
        {
            var answer = await host.RawAsync($"POST {path} HTTP/1.1\r\nHost: evil.example:8080\r\nX-Write-Key: local\r\nContent-Length: {Event.Length}\r\n\r\n{Event}");
            Assert.StartsWith("HTTP/1.1 421", answer, StringComparison.Ordinal);
            Assert.Contains("evil.example:8080", answer, StringComparison.Ordinal);
        }
        Assert.Empty(host.Events());
        Assert.StartsWith("HTTP/1.1 200", await host.RawAsync($"POST /v1/events HTTP/1.1\r\nHost: box.example\r\nX-Write-Key: local\r\nContent-Length: {Event.Length}\r\n\r\n{Event}"), StringComparison.Ordinal);
    }
}

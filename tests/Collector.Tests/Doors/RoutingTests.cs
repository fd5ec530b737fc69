using System.Text;
using Tidemark.Collector.Tests.Hosting;

namespace Tidemark.Collector.Tests.Doors;

public sealed class RoutingTests
{
    private const string Event = """{"event":"e","anonymousId":"a","timestamp":"2026-05-04T11:00:00Z"}""";

    [Theory]
    [InlineData("GET")]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    [InlineData("PATCH")]
    [InlineData("TRACE")]
    [InlineData("BREW")]
    public async Task Doors_OtherMethod_Is405(string method)
    {
        await using var host = await CollectorHost.StartAsync();
        foreach (var path in new[] { "/v1/events", "/v1/events/", "/v1/history", "/v1/history/end/", "/v1/history/undo" })
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), path);
            var answer = await host.SendAsync(request);
            Assert.Equal((405, "method", "POST, OPTIONS"), (answer.Status, answer.Error, answer.Headers["allow"]));
        }
    }

    [Fact]
    public async Task Imports_OtherMethodThanGet_Is405()
    {
        await using var host = await CollectorHost.StartAsync();
        var answer = await host.PostAsync(Event, "/v1/history/imports");
        Assert.Equal((405, "method", "GET, OPTIONS"), (answer.Status, answer.Error, answer.Headers["allow"]));
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/v1")]
    [InlineData("/v1/event")]
    [InlineData("/v1/events//")]
    [InlineData("/V1/EVENTS")]
    [InlineData("/v1/import")]
    [InlineData("/admin")]
    [InlineData("/debug/pprof.html")]
    public async Task OtherPaths_Are404(string path)
    {
        await using var host = await CollectorHost.StartAsync();
        var answer = await host.PostAsync(Event, path);
        Assert.Equal((404, "not_found"), (answer.Status, answer.Error));
        Assert.Equal("application/json", answer.Headers["content-type"]);
    }

    [Fact]
    public async Task TrailingSlash_IsTheSameDoor()
    {
        await using var host = await CollectorHost.StartAsync();
        foreach (var path in new[] { "/v1/events/", "/v1/history/", "/v1/history/end/?import=i" })
            Assert.Equal(200, (await host.PostAsync(Event, path)).Status);
    }

    [Theory]
    [InlineData(null, "https://www.example.org", null)]
    [InlineData("https://www.example.org", "https://www.example.org", "https://www.example.org")]
    [InlineData("https://www.example.org", "https://evil.example", null)]
    [InlineData("https://www.example.org", "null", null)]
    [InlineData("*", "https://evil.example", "*")]
    public async Task Cors_OnlyListedOriginsHear(string? allowed, string origin, string? expected)
    {
        await using var host = await CollectorHost.StartAsync(CollectorHost.Options with { AllowedOrigins = allowed is null ? [] : [allowed] });
        using var preflight = new HttpRequestMessage(HttpMethod.Options, "/v1/events");
        preflight.Headers.Add("Origin", origin);
        preflight.Headers.Add("Access-Control-Request-Method", "POST");
        preflight.Headers.Add("Access-Control-Request-Headers", "authorization");
        var answer = await host.SendAsync(preflight);
        Assert.Equal(204, answer.Status);
        Check(answer);
        if (expected is not null)
            Assert.Contains("authorization", answer.Headers["access-control-allow-headers"], StringComparison.Ordinal);
        Check(await host.PostAsync(Encoding.UTF8.GetBytes(Event), headers: ("Origin", origin)));

        void Check(Answer a)
        {
            Assert.Equal(expected, a.Headers.GetValueOrDefault("access-control-allow-origin"));
            Assert.Equal(expected is not null, a.Headers.Keys.Any(k => k.StartsWith("access-control", StringComparison.Ordinal)));
            Assert.DoesNotContain("access-control-allow-credentials", a.Headers.Keys);
        }
    }
}

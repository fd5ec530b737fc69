using Microsoft.Extensions.DependencyInjection;
using Tidemark.Collector.Tests.Hosting;
using Tidemark.ServiceDefaults;

namespace Tidemark.Collector.Tests.Doors;

[Collection(nameof(OperationsTests))]
public sealed class OperationsTests
{
    [Fact]
    public async Task Metrics_CountWhatHappened()
    {
        await using var host = await CollectorHost.StartAsync();
        await host.PostAsync("""[{"event":"\ud83d","anonymousId":"a","timestamp":"2020-01-01","sentAt":"2020-01-01"},{"event":"e"}]""");
        await host.PostAsync("nonsense");
        using var preflight = new HttpRequestMessage(HttpMethod.Options, "/v1/history");
        preflight.Headers.Add("Origin", "https://www.example.org");
        preflight.Headers.Add("Access-Control-Request-Method", "POST");
        await host.SendAsync(preflight);
        string[] lines =
        [
            "tidemark_collector_requests_total{.*door=\"/v1/events\",status=\"200\"} 1", "tidemark_collector_requests_total{.*status=\"400\"} 1",
            "tidemark_collector_requests_total{.*door=\"/v1/history\",status=\"204\"} 1",
            "tidemark_collector_events_accepted_total{.*door=\"http\",lane=\"live\"} 1", "tidemark_collector_events_rejected_total{.*code=\"no_identity\",door=\"http\"} 1",
            "tidemark_collector_events_rejected_total{.*code=\"json\",door=\"http\"} 1", "tidemark_collector_received_bytes_total.* [0-9]+", "tidemark_collector_events_skewed_total.* 1",
            "tidemark_collector_text_replaced_total.* 1", "tidemark_collector_in_flight_bytes.* 0", "tidemark_collector_ack_duration_seconds_count.* 1",
            "http_server_request_duration_seconds_count", "dotnet_",
        ];
        // A request is counted when its answer is out, so the client may ask before that; and the exporter keeps an answer for a moment.
        var text = await host.Client.GetStringAsync("/metrics");
        for (var tries = 0; tries < 450 && !lines.All(line => System.Text.RegularExpressions.Regex.IsMatch(text, line)); tries++)
        {
            await Task.Delay(200);
            text = await host.Client.GetStringAsync("/metrics");
        }
        Assert.All(lines, line => Assert.Matches(line, text));
    }

    [Fact]
    public async Task Health_SaysWhichCheckFails()
    {
        await using var host = await CollectorHost.StartAsync();
        Assert.Equal($$$$"""{"status":"healthy","version":"{{{{ProductVersion.Text}}}}","checks":{"log":{"status":"healthy"}}}""", await host.Client.GetStringAsync("/health/ready"));
        Assert.Equal($$$$"""{"status":"healthy","version":"{{{{ProductVersion.Text}}}}","checks":{}}""", await host.Client.GetStringAsync("/health/live"));
        host.Log.Failures.Enqueue(new EventLog.LogUnavailableException("the broker is away"));
        await host.PostAsync("""{"event":"e","anonymousId":"a"}""");
        var answer = await host.Client.GetAsync("/health/ready");
        Assert.Equal($$$$"""{"status":"unhealthy","version":"{{{{ProductVersion.Text}}}}","checks":{"log":{"status":"unhealthy","description":"the broker is away"}}}""", await answer.Content.ReadAsStringAsync());
        // Without traffic nothing could tell that the log is back, so it is asked to come again.
        host.Time.Advance(TimeSpan.FromSeconds(11));
        Assert.Equal(200, (int)(await host.Client.GetAsync("/health/ready")).StatusCode);
    }

    [Theory]
    [InlineData("/metrics")]
    [InlineData("/health/ready")]
    [InlineData("/health/live")]
    public async Task Operations_AnotherMethod_Is405WithAllow(string path)
    {
        await using var host = await CollectorHost.StartAsync();
        using var refused = await host.Client.DeleteAsync(new Uri(path, UriKind.Relative));
        Assert.Equal(405, (int)refused.StatusCode);
        Assert.Equal(["GET", "HEAD"], refused.Content.Headers.Allow.Order());
        using var head = await host.Client.SendAsync(new HttpRequestMessage(HttpMethod.Head, path));
        Assert.Equal(200, (int)head.StatusCode);
    }

    [Theory]
    [InlineData("/metrics")]
    [InlineData("/health/ready")]
    [InlineData("/health/live")]
    [InlineData("/a/../metrics")]
    [InlineData("/v1/events/%2e%2e/%2e%2e/metrics")]
    public async Task ManagementPort_HidesItsPathsFromThePublicOne(string path)
    {
        await using var host = await CollectorHost.StartAsync(managementPort: 1);
        var answer = await host.RawAsync($"GET {path} HTTP/1.1\r\nHost: localhost:1\r\nConnection: close\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 404", answer, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_WithMistakes_NameThemAll()
    {
        var wrong = new CollectorOptions
        {
            MaxBodyBytes = 1,
            MaxAge = TimeSpan.FromDays(-1),
            AllowedOrigins = ["www.example.org"],
            Projects =
            [
                new ProjectOptions { Name = "Shop", AllowedOrigins = ["https://shop.example.org/page"] },
                new ProjectOptions { Name = "a", Keys = [new WriteKeyOptions { Key = "s3cret" }, new WriteKeyOptions { Key = "s3cret" }, new WriteKeyOptions { Key = "a:b" }] },
            ],
        };
        var e = Assert.Throws<ArgumentException>(() => new ServiceCollection().AddCollector(wrong));
        foreach (var part in new[] { "MaxBodyBytes is 1", "MaxAge", "www.example.org", "AllowedOrigins of project 'Shop' has 'https://shop.example.org/page'", "'Shop'", "a key is there twice", "without a colon" })
            Assert.Contains(part, e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", e.Message, StringComparison.Ordinal);
        Assert.Contains("no project", Assert.Throws<ArgumentException>(() => CollectorOptionsCheck.Check(new CollectorOptions())).Message, StringComparison.Ordinal);
        CollectorOptionsCheck.Check(CollectorHost.Options);
    }

    [Fact]
    public async Task Browser_SendingTheRequest_StandsForTheVisitors()
    {
        await using var host = await CollectorHost.StartAsync();
        const string Chrome = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0.0.0 Safari/537.36";
        await host.PostAsync("""{"event":"e","anonymousId":"a"}"""u8.ToArray(), headers: ("User-Agent", Chrome));
        await host.PostAsync("""{"event":"e","anonymousId":"b"}"""u8.ToArray(), headers: ("User-Agent", "curl/8.5.0"));
        Assert.Equal([("a", "desktop"), ("b", "")], host.Events().OrderBy(e => e.VisitorId).Select(e => (e.VisitorId, e.Device)));
    }
}

/// <summary>A meter's listener hears every collector of the process, so nobody else runs while counts are compared.</summary>
[CollectionDefinition(nameof(OperationsTests), DisableParallelization = true)]
public sealed class OperationsAlone;

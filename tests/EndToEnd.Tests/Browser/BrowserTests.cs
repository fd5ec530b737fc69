using System.Net;
using System.Text.Json;
using Tidemark.EndToEnd.Tests.Product;
using Tidemark.LoadTests.Product;

namespace Tidemark.EndToEnd.Tests.Browser;

/// <summary>
/// A page of another origin in a real browser tries to read and write both ports by every request that there is. What it read, it says; what got in shows on the ports: on the
/// SQL port every attempt names a session of its own, which exists if the request came as far as a query, and at the doors events are counted by the run's name.
/// </summary>
public sealed class BrowserTests
{
    private const string Skipped = "no Chromium: install Debian's package chromium or name one by TIDEMARK_TEST_CHROMIUM";

    /// <summary>A page that never reports is a failure; how long it takes is not judged.</summary>
    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(4);

    [SkippableFact]
    public async Task PageOfAnotherOrigin_ReadsAndWritesNothing()
    {
        await using var product = await ProductAsync();
        using var site = new AttackSite();
        var outcome = await AttackAsync(product, site, "evil.example", "MAP evil.example 127.0.0.1");
        AssertNothing(outcome);
    }

    /// <summary>Then the browser takes the port for the page's own, and would hide nothing from it.</summary>
    [SkippableTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task PageWhoseNameComesToMeanThisMachine_ReadsAndWritesNothing(bool sql)
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "takes 127.0.0.2, which only Linux has without being told: run it there");
        await using var product = await ProductAsync();
        var port = sql ? product.SqlPort : product.HttpPort;
        using var site = new AttackSite("127.0.0.2", port, rebound: port);
        var outcome = await AttackAsync(product, site, "evil.example", "MAP evil.example 127.0.0.2", rebound: $"http://evil.example:{port}");
        AssertNothing(outcome);
    }

    /// <summary>People try the product from a page of their own machine: it may send events with the key that everybody knows, and nothing else.</summary>
    [SkippableFact]
    public async Task PageOfThisMachine_SendsEventsAndReadsNothing()
    {
        await using var product = await ProductAsync();
        using var site = new AttackSite();
        var outcome = await AttackAsync(product, site, "localhost", "");
        Assert.Empty(outcome.Got);
        Assert.Empty(outcome.Sessions);
        Assert.InRange(outcome.Events, 1, long.MaxValue);
    }

    /// <summary>The same attempts where they are allowed: without this, the tests above would also pass with a page that tries nothing.</summary>
    [SkippableFact]
    public async Task PageOfAnAllowedOrigin_GetsInByTheSameRequests()
    {
        using var site = new AttackSite();
        var origin = $"http://evil.example:{site.Port}";
        await using var product = await ProductAsync("--allowed-origins", origin, "--sql-allowed-origins", origin);
        var outcome = await AttackAsync(product, site, "evil.example", "MAP evil.example 127.0.0.1");
        Assert.Contains(outcome.Got, static got => got.StartsWith("fetch sql-fetch:", StringComparison.Ordinal));
        Assert.Contains("sql-fetch", outcome.Sessions);
        Assert.Contains("sqlpost-nocors-textplain", outcome.Sessions);
        Assert.InRange(outcome.Events, 10, long.MaxValue);
        // No option opens these.
        Assert.DoesNotContain(outcome.Got, static got => got.Contains("export", StringComparison.Ordinal) || got.Contains("instance", StringComparison.Ordinal) || got.Contains("metrics", StringComparison.Ordinal));
    }

    private static void AssertNothing(Outcome outcome)
    {
        Assert.Empty(outcome.Got);
        Assert.Empty(outcome.Sessions);
        Assert.Equal(0, outcome.Events);
    }

    private static async Task<ProductOfATest> ProductAsync(params string[] options)
    {
        Skip.If(Chromium.Find() is null, Skipped);
        return await ProductOfATest.StartAsync(options);
    }

    private static async Task<Outcome> AttackAsync(ProductOfATest product, AttackSite site, string host, string resolves, string? rebound = null)
    {
        var run = "r" + Guid.NewGuid().ToString("N")[..12];
        // Something to read: an export has a line.
        Assert.Equal(200, await product.SendAsync("seed", "seed-visitor"));
        var own = $"http://{host}:{site.Port}";
        using var reports = rebound is null ? null : new AttackSite();
        site.Settings = JsonSerializer.Serialize(new
        {
            run,
            sql = rebound ?? $"http://127.0.0.1:{product.SqlPort}",
            http = rebound ?? $"http://127.0.0.1:{product.HttpPort}",
            // A connection that was handed on stays so; the report takes another way.
            report = $"{(reports is null ? own : $"http://127.0.0.1:{reports.Port}")}/attacker/report",
            site = own,
        });
        site.PolicyReports = $"http://127.0.0.1:{product.SqlPort}/?session_id={run}-policy&query=SELECT+1";
        using (Chromium.Open(Chromium.Find()!, new Uri($"{own}/attacker/page"), resolves))
        {
            using var report = JsonDocument.Parse(await (reports ?? site).Report.WaitAsync(_patience));
            var tried = Texts(report, "tried");
            Assert.True(tried.Count > 200, $"the page tried {tried.Count} requests only");
            var sessions = new List<string>();
            foreach (var name in tried.Where(static name => name.StartsWith("sql", StringComparison.Ordinal)).Append("policy"))
            {
                if (await product.HasSessionAsync($"{run}-{name}"))
                    sessions.Add(name);
            }
            return new Outcome(Texts(report, "got"), sessions, await product.EventsAsync(run));
        }
    }

    private static List<string> Texts(JsonDocument report, string name) => [.. report.RootElement.GetProperty(name).EnumerateArray().Select(static text => text.GetString()!)];

    private sealed record Outcome(IReadOnlyList<string> Got, IReadOnlyList<string> Sessions, long Events);

    /// <summary>A product of one test: sessions and events are the test's own.</summary>
    private sealed class ProductOfATest : IAsyncDisposable
    {
        private readonly string _folder = Directory.CreateTempSubdirectory("tidemark-browser-data-").FullName;
        private readonly LocalProcess _process;

        private ProductOfATest(string[] options) => _process = new LocalProcess(_folder, options);

        internal int HttpPort => _process.HttpPort;

        internal int SqlPort => _process.SqlPort;

        internal static async Task<ProductOfATest> StartAsync(string[] options)
        {
            var product = new ProductOfATest(options);
            await product._process.StartAsync(CancellationToken.None);
            return product;
        }

        internal async Task<int> SendAsync(string name, string visitor)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, _process.Door("/v1/events")) { Content = new StringContent($$"""{"event":"{{name}}","anonymousId":"{{visitor}}"}""") };
            request.Headers.Add("X-Write-Key", "local");
            using var answer = await _process.Http.SendAsync(request);
            return (int)answer.StatusCode;
        }

        internal async Task<bool> HasSessionAsync(string id)
        {
            using var answer = await _process.Http.GetAsync(new Uri($"http://127.0.0.1:{SqlPort}/?session_check=1&session_id={id}&query=SELECT+1"));
            var text = await answer.Content.ReadAsStringAsync();
            Assert.True(answer.StatusCode == HttpStatusCode.OK || text.Contains("SESSION_NOT_FOUND", StringComparison.Ordinal) || text.Contains("SESSION_IS_LOCKED", StringComparison.Ordinal), text);
            return !text.Contains("SESSION_NOT_FOUND", StringComparison.Ordinal);
        }

        /// <summary>Events of a name in the log itself, once one that was sent last is there.</summary>
        internal async Task<long> EventsAsync(string name)
        {
            var last = "last-" + name;
            Assert.Equal(200, await SendAsync(last, "v"));
            var export = await Wait.ForAsync(
                () => _process.Http.GetStringAsync(_process.Door("/v1/export")), text => text.Contains($"\"{last}\"", StringComparison.Ordinal), static () => "the last event in the export",
                pause: TimeSpan.FromMilliseconds(200));
            return export.Split('\n').LongCount(line => line.Contains($"\"{name}\"", StringComparison.Ordinal));
        }

        public async ValueTask DisposeAsync()
        {
            await _process.DisposeAsync();
            Directory.Delete(_folder, recursive: true);
        }
    }
}

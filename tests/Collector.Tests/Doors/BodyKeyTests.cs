using System.IO.Compression;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Tidemark.Collector.Doors;
using Tidemark.Collector.Intake;
using Tidemark.Collector.Keys;
using Tidemark.Collector.Refusals;
using Tidemark.Collector.Tests.Hosting;
using Tidemark.Contracts;

namespace Tidemark.Collector.Tests.Doors;

/// <summary>A door whose clients put their key into the body: what the pipeline makes of it, in which order, and for which pages.</summary>
public sealed class BodyKeyTests
{
    private const string Rest = "\"event\":\"e\",\"anonymousId\":\"a\"";

    private static Task<CollectorHost> StartAsync(CollectorOptions? options = null) =>
        CollectorHost.StartAsync(options, services: static services => services.AddSingleton<Door, ClientDoor>().AddSingleton<Door, SiteDoor>());

    public static TheoryData<string, string?, string> Keys => new()
    {
        { "{\"api_key\":\"live\",REST}", null, "shop" },
        { "{REST,\"api_key\":\"other\"}", null, "other" },
        { "{REST,\"properties\":{\"api_key\":\"other\",\"a\":[{\"token\":\"other\"}]},\"token\":\"live\"}", null, "shop" },
        { "{\"api_key\":null,REST,\"token\":\"live\"}", null, "shop" },
        { "{\"api_key\":\"l\\u0069ve\",REST}", null, "shop" },
        { " \n {\"api_key\":\"live\",REST}", null, "shop" },
        { "{\"api_key\":\"live\",REST}", "live", "shop" },
        { "{REST}", "other", "other" },
    };

    [Theory]
    [MemberData(nameof(Keys))]
    public async Task Key_InTheBody_NamesTheProject(string body, string? user, string project)
    {
        await using var host = await StartAsync();
        foreach (var packed in new[] { false, true })
        {
            var answer = await host.PostAsync(Bytes(body, packed), "/client", null, Basic(user));
            Assert.Equal(200, answer.Status);
        }
        Assert.Equal([project, project], host.Events().Select(e => e.Project));
        Assert.Equal(0, host.InFlight);
    }

    public static TheoryData<string, string?> Wrong => new()
    {
        { "{REST}", null },
        { "{\"api_key\":\"nobody\",REST}", null },
        { "{\"api_key\":\"gone\",REST}", null },
        { "{\"api_key\":\"\",REST}", null },
        { "{\"api_key\":7,REST}", null },
        { "{\"api_key\":{\"token\":\"live\"},REST}", null },
        { "{\"properties\":{\"api_key\":\"live\"},REST}", null },
        { "{\"api_key\":\"\\ud800\",REST}", null },
        { "[{\"api_key\":\"live\",REST}]", null },
        { "{\"batch\":[,\"api_key\":\"live\"}", null },
        { "", null },
        { "{\"api_key\":\"live\",REST}", "other" },
        { "{\"api_key\":\"live\",REST}", "nobody" },
        { "{\"api_key\":\"" + "LONG" + "\",REST}", null },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public async Task NoValidKey_Is401WithTheSameText(string body, string? user)
    {
        await using var host = await StartAsync();
        var missing = await host.PostAsync("{}", "/v1/events", key: null);
        var answer = await host.PostAsync(Bytes(body.Replace("LONG", new string('k', 2000), StringComparison.Ordinal), packed: false), "/client", null, Basic(user));
        Assert.Equal((401, missing.Body), (answer.Status, answer.Body));
        Assert.Equal(missing.Headers["www-authenticate"], answer.Headers["www-authenticate"]);
        Assert.Empty(host.Events());
        Assert.Equal(0, host.InFlight);
    }

    /// <summary>A key in the head is judged before the body is read, one in the body after it; the other refusals stand where they stand at every door.</summary>
    [Theory]
    [InlineData("/nothing", "POST", "live", null, 404)]
    [InlineData("/CLIENT", "POST", "live", null, 404)]
    [InlineData("/client", "PUT", "nobody", null, 405)]
    [InlineData("/client/", "GET", "nobody", null, 405)]
    [InlineData("/client", "POST", "nobody", "br", 401)]
    [InlineData("/client", "POST", null, "br", 415)]
    [InlineData("/client", "POST", null, null, 413)]
    [InlineData("/client", "POST", "live", null, 413)]
    public async Task Refusals_ComeInTheOrderOfEveryDoor(string path, string method, string? user, string? coding, int status)
    {
        await using var host = await StartAsync(CollectorHost.Options with { MaxBodyBytes = 1024 });
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = new ByteArrayContent(new byte[2000]) };
        foreach (var (name, value) in Basic(user))
            request.Headers.TryAddWithoutValidation(name, value);
        if (coding is not null)
            request.Content.Headers.ContentEncoding.Add(coding);
        var answer = await host.SendAsync(request);
        Assert.Equal(status, answer.Status);
        Assert.Equal(status == 405 ? "POST, OPTIONS" : null, answer.Headers.GetValueOrDefault("allow"));
        Assert.Equal(0, host.InFlight);
    }

    [Fact]
    public async Task KeyPlacesThatTheDoorDoesNotHave_AreNotLookedAt()
    {
        await using var host = await StartAsync();
        Assert.Equal(401, (await host.PostAsync(Bytes("{REST}", false), "/client?write_key=live", "live")).Status);
        Assert.Equal(200, (await host.PostAsync(Bytes("{REST,\"site\":\"nobody\"}", false), "/site?site=live", null)).Status);
        Assert.Equal(200, (await host.PostAsync(Bytes("{REST}", false), "/site", null, ("Site-Id", "live"))).Status);
        Assert.Equal(401, (await host.PostAsync(Bytes("{REST}", false), "/site?site=live", null, ("Site-Id", "other"))).Status);
    }

    private static readonly CollectorOptions _lists = CollectorHost.Options with
    {
        AllowedOrigins = ["https://general.example"],
        Projects =
        [
            new ProjectOptions { Name = "shop", Keys = [new WriteKeyOptions { Key = "live", History = true }], AllowedOrigins = ["https://shop.example"] },
            new ProjectOptions { Name = "other", Keys = [new WriteKeyOptions { Key = "other" }] },
            new ProjectOptions { Name = "open", Keys = [new WriteKeyOptions { Key = "open", WellKnown = true }] },
        ],
    };

    [Theory]
    [InlineData("live", "https://shop.example", 200)]
    [InlineData("live", "https://SHOP.example", 200)]
    [InlineData("live", "https://general.example", 403)]
    [InlineData("live", "https://evil.example", 403)]
    [InlineData("live", "null", 403)]
    [InlineData("live", "http://localhost:3000", 403)]
    [InlineData("live", null, 200)]
    [InlineData("other", "https://shop.example", 200)]
    [InlineData("other", "https://evil.example", 200)]
    [InlineData("open", "https://general.example", 200)]
    [InlineData("open", "https://shop.example", 403)]
    public async Task Origins_OfAProject_AreJudgedByTheKeyWhereverItIs(string key, string? origin, int status)
    {
        await using var host = await StartAsync(_lists);
        var headers = origin is null ? Array.Empty<(string, string)>() : [("Origin", origin)];
        var readable = origin is not null && origin.EndsWith(".example", StringComparison.Ordinal) && origin != "https://evil.example";
        foreach (var answer in new[]
        {
            await host.PostAsync(Bytes($"{{REST,\"api_key\":\"{key}\"}}", false), "/client", null, headers),
            await host.PostAsync(Bytes("{REST}", false), "/client", null, [.. headers, .. Basic(key)]),
            await host.PostAsync(Bytes("{REST}", false), "/v1/events", key, headers),
        })
        {
            Assert.Equal(status, answer.Status);
            if (status == 403)
                Assert.Equal("origin", answer.Error);
            // Whoever may use any key may read why this one is not for it.
            Assert.Equal(readable ? origin : null, answer.Headers.GetValueOrDefault("access-control-allow-origin"));
        }
        Assert.Equal(status == 200 ? 3 : 0, host.Events().Count);
    }

    /// <summary>A preflight has no key yet, so the pages of every project's list are told that they may send; and the headers that they may send are the door's.</summary>
    [Theory]
    [InlineData("/client", "https://shop.example", "authorization,content-type,content-encoding")]
    [InlineData("/client", "https://general.example", "authorization,content-type,content-encoding")]
    [InlineData("/client", "https://evil.example", null)]
    [InlineData("/client", "null", null)]
    [InlineData("/site", "https://shop.example", "content-type,content-encoding,site-id")]
    [InlineData("/v1/events", "https://shop.example", "authorization,content-type,content-encoding,x-write-key")]
    public async Task Preflight_IsAnsweredByTheUnionOfTheLists(string path, string origin, string? headers)
    {
        await using var host = await StartAsync(_lists);
        using var preflight = new HttpRequestMessage(HttpMethod.Options, path);
        preflight.Headers.Add("Origin", origin);
        preflight.Headers.Add("Access-Control-Request-Method", "POST");
        var answer = await host.SendAsync(preflight);
        Assert.Equal(204, answer.Status);
        Assert.Equal(headers is null ? null : origin, answer.Headers.GetValueOrDefault("access-control-allow-origin"));
        Assert.Equal(headers, answer.Headers.GetValueOrDefault("access-control-allow-headers")?.Replace(", ", ",", StringComparison.Ordinal));
        Assert.DoesNotContain("access-control-allow-credentials", answer.Headers.Keys);
        Assert.DoesNotContain("<", answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Options_ThatIsNoPreflight_TellsTheMethods()
    {
        await using var host = await StartAsync();
        foreach (var (path, allow) in new[] { ("/client", "POST, OPTIONS"), ("/v1/history/imports/", "GET, OPTIONS") })
        {
            var answer = await host.SendAsync(new HttpRequestMessage(HttpMethod.Options, path));
            Assert.Equal((204, allow), (answer.Status, answer.Headers["allow"]));
        }
    }

    private static byte[] Bytes(string body, bool packed)
    {
        var bytes = Encoding.UTF8.GetBytes(body.Replace("REST", Rest, StringComparison.Ordinal));
        if (!packed)
            return bytes;
        using var target = new MemoryStream();
        using (var gzip = new GZipStream(target, CompressionLevel.Fastest))
            gzip.Write(bytes);
        return target.ToArray();
    }

    private static (string, string)[] Basic(string? user) => user is null ? [] : [("Authorization", "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(user + ":")))];

    /// <summary>As a client library with a key in the body and, if it likes, in basic authentication: one event a request.</summary>
    private sealed class ClientDoor(EventStore store) : Door("/client")
    {
        internal override KeyPlaces Key { get; } = new() { Authorization = true, Body = JsonKey.Member("api_key", "token") };

        internal override Task<DoorResult> HandleAsync(DoorRequest request) =>
            store.StoreAsync(request, new EventSource(request.Key, Lane.Live, [], PlaceIds: false, CollectorHost.NowMs, [], Utf8Path));
    }

    /// <summary>As a tracker that names its site, in a header or the query.</summary>
    private sealed class SiteDoor(EventStore store) : Door("/site")
    {
        internal override KeyPlaces Key { get; } = new() { Header = "Site-Id", Query = "site" };

        internal override bool ReadsBody => true;

        internal override async Task<DoorResult> HandleAsync(DoorRequest request)
        {
            var code = await request.ReadBodyAsync();
            return code != RejectCode.None
                ? code
                : await store.StoreAsync(request, new EventSource(request.Key, Lane.Live, [], PlaceIds: false, CollectorHost.NowMs, [], Utf8Path));
        }
    }
}

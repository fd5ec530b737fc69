using System.Text;
using Tidemark.Collector.Tests.Hosting;

namespace Tidemark.Collector.Tests.Doors;

public sealed class KeyTests
{
    private const string Event = """{"event":"e","anonymousId":"a","timestamp":"2026-05-04T11:00:00Z"}""";

    public static TheoryData<string, string, string, string> Presented => new()
    {
        { "Authorization", Basic("live:"), "", "shop" },
        { "Authorization", Basic("live"), "", "shop" },
        { "Authorization", Basic("live:ignored:password"), "", "shop" },
        { "Authorization", "basic  " + Basic("live:")[6..], "", "shop" },
        { "Authorization", "Bearer live", "", "shop" },
        { "Authorization", "bearer other", "", "other" },
        { "X-Write-Key", "other", "", "other" },
        { "X-Other", "x", "?write_key=live", "shop" },
        { "Authorization", "Bearer live", "?write_key=live", "shop" },
        { "X-Write-Key", "live", "?write_key=li%76e", "shop" },
    };

    [Theory]
    [MemberData(nameof(Presented))]
    public async Task Post_ValidKey_NamesTheProject(string header, string value, string query, string project)
    {
        await using var host = await CollectorHost.StartAsync();
        var answer = await host.PostAsync(Encoding.UTF8.GetBytes(Event), "/v1/events" + query, null, (header, value));
        Assert.Equal(200, answer.Status);
        Assert.Equal(project, host.Events().Single().Project);
    }

    public static TheoryData<string, string, string> Wrong => new()
    {
        { "X-Other", "x", "" },
        { "X-Write-Key", "", "" },
        { "X-Write-Key", "nobody", "" },
        { "X-Write-Key", "gone", "" },
        { "X-Write-Key", "LIVE", "" },
        { "X-Write-Key", "live ,live", "" },
        { "Authorization", Basic(":live"), "" },
        { "Authorization", Basic("gone:"), "" },
        { "Authorization", "Basic ???", "" },
        { "Authorization", "Basic", "" },
        { "Authorization", "Digest live", "" },
        { "Authorization", "live", "" },
        { "Authorization", "Bearer " + new string('k', 2000), "" },
        { "Authorization", "Bearer live", "?write_key=other" },
        { "X-Write-Key", "live", "?write_key=other" },
        { "X-Write-Key", "live", "?write_key=live&write_key=live" },
        { "X-Other", "x", "?write_key=nobody" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public async Task Post_NoValidKey_Is401WithTheSameText(string header, string value, string query)
    {
        await using var host = await CollectorHost.StartAsync();
        var missing = await host.PostAsync(Event, key: null);
        foreach (var path in new[] { "/v1/events", "/v1/history", "/v1/history/end", "/v1/history/undo" })
        {
            var answer = await host.PostAsync(Encoding.UTF8.GetBytes(Event), path + query, null, (header, value));
            Assert.Equal((401, missing.Body), (answer.Status, answer.Body));
            Assert.Equal(missing.Headers["www-authenticate"], answer.Headers["www-authenticate"]);
        }
        Assert.Empty(host.Events());
    }

    [Fact]
    public async Task Post_HistoryWithoutPermission_Is403()
    {
        await using var host = await CollectorHost.StartAsync();
        foreach (var path in new[] { "/v1/history", "/v1/history?import=i", "/v1/history/end?import=i", "/v1/history/undo?import=i" })
            Assert.Equal((403, "history_permission"), await host.PostAsync(Event, path, "live") is var a ? (a.Status, a.Error) : default);
        Assert.Equal(200, (await host.PostAsync(Event, "/v1/history")).Status);
    }

    private static string Basic(string user) => "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(user));
}

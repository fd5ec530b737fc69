using System.Text;
using Tidemark.Collector.Tests.Hosting;
using Tidemark.Contracts;
using Tidemark.Contracts.Imports;
using Tidemark.EventLog;

namespace Tidemark.Collector.Tests.Doors;

public sealed class ImportEndTests
{
    [Fact]
    public async Task End_PutsAMarkerIntoEveryPartition()
    {
        await using var host = await CollectorHost.StartAsync();
        var answer = await host.PostAsync("", "/v1/history/end?import=shop.csv-1_A");
        Assert.Equal(200, answer.Status);
        var records = host.Log.All(Topics.History);
        Assert.Equal([0, 1, 2, 3], records.Select(r => r.Partition));
        foreach (var record in records)
        {
            var end = ImportEnd.Decode(record.Value);
            Assert.Equal(("shop", "shop.csv-1_A", CollectorHost.NowMs), (Encoding.UTF8.GetString(end.Project), Encoding.UTF8.GetString(end.ImportId), end.EndedAt));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("?import=")]
    [InlineData("?import=a%20b")]
    [InlineData("?import=a/b")]
    [InlineData("?import=%C3%A9")]
    [InlineData("?import=a&import=b")]
    [InlineData("?import=12345678901234567890123456789012345678901234567890123456789012345")]
    public async Task End_WithoutAnImportId_Is400(string query)
    {
        await using var host = await CollectorHost.StartAsync();
        Assert.Equal((400, "import"), await host.PostAsync("", "/v1/history/end" + query) is var a ? (a.Status, a.Error) : default);
        if (query.Length > 0)
            Assert.Equal(400, (await host.PostAsync("""{"event":"e","userId":"u","timestamp":"2024-05-01"}""", "/v1/history" + query)).Status);
        Assert.Empty(host.Log.All(Topics.History));
    }

    [Fact]
    public async Task End_WhileTheLogIsAway_Is503()
    {
        await using var host = await CollectorHost.StartAsync();
        host.Log.Failures.Enqueue(new LogUnavailableException("away"));
        Assert.Equal(503, (await host.PostAsync("", "/v1/history/end?import=i")).Status);
    }

    [Theory]
    [InlineData("line")]
    [InlineData("")]
    [InlineData("place&ids=place")]
    public async Task History_WithUnknownIds_IsRefused(string ids)
    {
        await using var host = await CollectorHost.StartAsync();
        var answer = await host.PostAsync("""{"event":"e","userId":"u","timestamp":"2024-05-01","_place":7}""", $"/v1/history?import=i&ids={ids}");
        Assert.Equal((400, "import"), (answer.Status, answer.Error));
        Assert.Empty(host.Log.All(Topics.History));
    }

    [Fact]
    public async Task History_WithPlaceIds_RepeatsItsIds()
    {
        await using var host = await CollectorHost.StartAsync();
        for (var i = 0; i < 2; i++)
            await host.PostAsync("""{"event":"e","userId":"u","timestamp":"2024-05-01","_place":7}""", "/v1/history?import=i&ids=place");
        Assert.Single(host.Events(Topics.History).Select(e => e.EventId).Distinct());
    }
}

using System.Text;
using System.Text.Json;
using Tidemark.Collector.Tests.Hosting;
using Tidemark.Contracts;
using Tidemark.Contracts.Imports;
using Tidemark.EventLog;

namespace Tidemark.Collector.Tests.Doors;

public sealed class ImportUndoTests
{
    private const string Event = """{"event":"e","userId":"u","timestamp":"2024-05-01"}""";

    [Fact]
    public async Task Undo_PutsARecordIntoEveryPartitionOfTheHistoryAndOfTheRejected()
    {
        await using var host = await CollectorHost.StartAsync();
        await host.PostAsync(Event, "/v1/history?import=may");
        var answer = await host.PostAsync("", "/v1/history/undo?import=may");
        Assert.Equal((200, """{"import":"may","generation":0,"ended":false}"""), (answer.Status, answer.Body));
        foreach (var topic in new[] { Topics.History, Topics.Rejected })
        {
            var undos = host.Log.All(topic).Where(r => ImportUndo.Is(r.Value)).ToList();
            Assert.Equal([0, 1, 2, 3], undos.Select(r => r.Partition));
            foreach (var record in undos)
            {
                var undo = ImportUndo.Decode(record.Value);
                Assert.Equal(("shop", "may", CollectorHost.NowMs), (Encoding.UTF8.GetString(undo.Project), Encoding.UTF8.GetString(undo.ImportId), undo.UndoneAt));
            }
        }
    }

    [Fact]
    public async Task Undo_NamesThatWereNeverSentOrAreUndoneAlready_AreToldApart()
    {
        await using var host = await CollectorHost.StartAsync();
        Assert.Equal((404, "unknown_import"), await UndoAsync(host, "may"));
        await host.PostAsync(Event, "/v1/history?import=may");
        Assert.Equal((200, ""), await UndoAsync(host, "may"));
        Assert.Equal((409, "already_undone"), await UndoAsync(host, "may"));
        Assert.Equal((404, "unknown_import"), await UndoAsync(host, "june"));
        Assert.Equal((200, ""), await UndoAsync(host, "june&force=true"));
        Assert.Equal((400, "import"), await UndoAsync(host, "a%20b"));
        Assert.Equal(4 * 2, host.Log.All(Topics.History).Count(r => ImportUndo.Is(r.Value)));
    }

    [Fact]
    public async Task Undo_WithoutTheRightKey_IsRefused()
    {
        await using var host = await CollectorHost.StartAsync();
        await host.PostAsync(Event, "/v1/history?import=may");
        Assert.Equal(401, (await host.PostAsync("", "/v1/history/undo?import=may", "wrong")).Status);
        Assert.Equal(401, (await host.PostAsync("", "/v1/history/undo?import=may", null)).Status);
        Assert.Equal(403, (await host.PostAsync("", "/v1/history/undo?import=may", "live")).Status);
        Assert.Equal(401, (await ListAsync(host, "wrong")).Status);
        Assert.DoesNotContain(host.Log.All(Topics.History), r => ImportUndo.Is(r.Value));
    }

    [Fact]
    public async Task Events_OfAGenerationThatWasUndone_AreRefusedAndTheNextOnesCount()
    {
        await using var host = await CollectorHost.StartAsync();
        await host.PostAsync(Event, "/v1/history?import=may");
        await host.PostAsync("", "/v1/history/undo?import=may");
        Assert.Equal((409, "import_undone"), await host.PostAsync(Event, "/v1/history?import=may") is var a ? (a.Status, a.Error) : default);
        Assert.Equal((409, "import_undone"), await host.PostAsync("", "/v1/history/end?import=may") is var b ? (b.Status, b.Error) : default);
        Assert.Equal((409, "import_undone"), await host.PostAsync(Event, "/v1/history?import=may&generation=2") is var c ? (c.Status, c.Error) : default);
        Assert.Equal(200, (await host.PostAsync(Event, "/v1/history?import=may&generation=1")).Status);
        Assert.Equal(["may", "may~1"], host.Log.All(Topics.History).Where(r => !ImportUndo.Is(r.Value)).Select(r => StoredEvent.From(r).ImportId));
        Assert.Equal((400, "import"), await host.PostAsync(Event, "/v1/history?import=may&generation=x") is var d ? (d.Status, d.Error) : default);
    }

    [Fact]
    public async Task PlaceIds_ContainTheGeneration_AndThoseOfTheFirstAreAsTheyWere()
    {
        await using var host = await CollectorHost.StartAsync();
        const string line = """{"event":"e","userId":"u","timestamp":"2024-05-01","_place":7}""";
        await host.PostAsync(line, "/v1/history?import=may&ids=place");
        await host.PostAsync("", "/v1/history/undo?import=may");
        await host.PostAsync(line, "/v1/history?import=may&generation=1&ids=place");
        var ids = host.Log.All(Topics.History).Where(r => !ImportUndo.Is(r.Value)).Select(r => StoredEvent.From(r).EventId).ToList();
        Assert.Equal([Contracts.Events.EventIds.OfMessage("shop"u8, "u"u8, "may:7"u8), Contracts.Events.EventIds.OfMessage("shop"u8, "u"u8, "may~1:7"u8)], ids);
    }

    [Fact]
    public async Task Imports_TellsNamesGenerationsAndStates_AlsoOfAnotherCollector()
    {
        await using var host = await CollectorHost.StartAsync();
        await host.PostAsync(Event, "/v1/history?import=open");
        await host.PostAsync(Event, "/v1/history?import=ended");
        await host.PostAsync("", "/v1/history/end?import=ended");
        await host.PostAsync(Event, "/v1/history?import=undone");
        await host.PostAsync("", "/v1/history/undo?import=undone");
        const string expected = """{"project":"shop","imports":[{"import":"ended","generation":0,"state":"ended"},{"import":"open","generation":0,"state":"opened"},{"import":"undone","generation":1,"state":"undone"}]}""";
        Assert.Equal(expected, (await ListAsync(host)).Body);
        await using var other = await CollectorHost.StartAsync(realLog: host.Log);
        Assert.Equal(expected, (await ListAsync(other)).Body);
        // What one takes back, the other knows at the next question.
        await other.PostAsync("", "/v1/history/undo?import=open");
        Assert.Equal("""{"project":"shop","imports":[{"import":"open","generation":1,"state":"undone"}]}""", (await ListAsync(host, query: "?import=open")).Body);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Undo_CutOffInTheMiddle_IsFinishedByWhoeverAsksNext(int appends)
    {
        await using var host = await CollectorHost.StartAsync();
        await host.PostAsync(Event, "/v1/history?import=may");
        host.Log.FailAfter = appends;
        Assert.Equal(503, (await host.PostAsync("", "/v1/history/undo?import=may")).Status);
        host.Log.FailAfter = null;
        await using var other = await CollectorHost.StartAsync(realLog: host.Log);
        Assert.Equal((409, "import_undone"), await other.PostAsync(Event, "/v1/history?import=may") is var a ? (a.Status, a.Error) : default);
        Assert.Equal("""{"project":"shop","imports":[{"import":"may","generation":1,"state":"undone"}]}""", (await ListAsync(host)).Body);
        Assert.Equal([0, 1, 2, 3], host.Log.All(Topics.History).Where(r => ImportUndo.Is(r.Value)).Select(r => r.Partition).Distinct());
    }

    [Fact]
    public async Task Undo_WhileTheLogIsAway_Is503AndNothingIsUndone()
    {
        await using var host = await CollectorHost.StartAsync();
        await host.PostAsync(Event, "/v1/history?import=may");
        host.Log.Failures.Enqueue(new LogUnavailableException("away"));
        Assert.Equal(503, (await host.PostAsync("", "/v1/history/undo?import=may")).Status);
        Assert.Equal("opened", JsonDocument.Parse((await ListAsync(host)).Body).RootElement.GetProperty("imports")[0].GetProperty("state").GetString());
    }

    private static async Task<(int Status, string? Error)> UndoAsync(CollectorHost host, string import) =>
        await host.PostAsync("", "/v1/history/undo?import=" + import) is var answer ? (answer.Status, answer.Status == 200 ? "" : answer.Error) : default;

    private static Task<Answer> ListAsync(CollectorHost host, string key = "all", string query = "")
    {
        var request = new HttpRequestMessage(HttpMethod.Get, "/v1/history/imports" + query);
        request.Headers.Add("X-Write-Key", key);
        return host.SendAsync(request);
    }
}

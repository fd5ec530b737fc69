using Tidemark.Collector.Tests.Hosting;
using Tidemark.Contracts;
using Tidemark.Contracts.Events;

namespace Tidemark.Collector.Tests.Doors;

public sealed class EventsDoorTests
{
    [Theory]
    [InlineData("""{"event":"a","anonymousId":"v"}""", 1)]
    [InlineData("""[{"event":"a","anonymousId":"v"},{"event":"b","userId":"u"}]""", 2)]
    [InlineData("{\"event\":\"a\",\"anonymousId\":\"v\"}\n{\"event\":\"b\",\"anonymousId\":\"v\"}\n", 2)]
    [InlineData("{\n  \"event\": \"a\",\n  \"anonymousId\": \"v\"\n}\n", 1)]
    public async Task Post_ObjectArrayOrLines_StoresThem(string body, int events)
    {
        await using var host = await CollectorHost.StartAsync();
        var answer = await host.PostAsync(body);
        Assert.Equal(200, answer.Status);
        Assert.Equal($$"""{"accepted":{{events}},"rejected":[]}""", answer.Body);
        Assert.Equal(events, host.Events().Count);
        Assert.All(host.Events(), e => Assert.Equal(("shop", EventKind.Action, CollectorHost.NowMs), (e.Project, e.Kind, e.OccurredAt)));
    }

    [Fact]
    public async Task Post_History_GoesToItsTopic()
    {
        await using var host = await CollectorHost.StartAsync();
        var answer = await host.PostAsync("""{"event":"a","anonymousId":"v","timestamp":"2020-02-29"}""", "/v1/history/?import=i1");
        Assert.Equal((200, 1), (answer.Status, answer.Accepted));
        Assert.Equal(("i1", 1_582_934_400_000), host.Events(Topics.History).Select(e => (e.ImportId, e.OccurredAt)).Single());
    }
}

using System.IO.Hashing;
using System.Text;
using Tidemark.Collector.Tests.Hosting;
using Tidemark.Contracts;
using Tidemark.Contracts.Events;

namespace Tidemark.Collector.Tests.Doors;

public sealed class RejectedTopicTests
{
    [Fact]
    public async Task Rejected_IsInTheAnswerAndInItsTopic()
    {
        await using var host = await CollectorHost.StartAsync();
        var large = $$"""{"event":"e","anonymousId":"a","x":"{{new string('x', 33 << 10)}}"}""";
        var answer = await host.PostAsync($$"""{"event":"e","anonymousId":"a","timestamp":"2026-05-01"}{{"\n"}}{"event":"e","timestamp":"2026-05-01"}{{"\n"}}{{large}}""", "/v1/history?import=imp");
        Assert.Equal("""{"accepted":1,"rejected":[{"index":1,"code":"no_identity"},{"index":2,"code":"event_too_large"}]}""", answer.Body);
        var kept = Kept(host);
        Assert.Equal([(1, "no_identity"), (2, "event_too_large")], kept.Select(k => (k.Index, k.Code)));
        Assert.All(kept, k => Assert.Equal(("shop", "/v1/history", "imp", CollectorHost.NowMs), (k.Project, k.Door, k.ImportId, k.ReceivedAt)));
        Assert.Equal("""{"event":"e","timestamp":"2026-05-01"}""", kept[0].Sample);
        Assert.Equal((large.Length, large[..1024], (long)XxHash64.HashToUInt64(Encoding.UTF8.GetBytes(large))), (kept[1].Size, kept[1].Sample, kept[1].Hash));
    }

    [Fact]
    public async Task AllRejected_IsStill200()
    {
        await using var host = await CollectorHost.StartAsync();
        var answer = await host.PostAsync("""[{"event":"e"},{"event":"e","userId":5}]""");
        Assert.Equal((200, """{"accepted":0,"rejected":[{"index":0,"code":"no_identity"},{"index":1,"code":"type"}]}"""), (answer.Status, answer.Body));
    }

    [Fact]
    public async Task RefusedRequest_IsKeptOnceAsAWhole()
    {
        await using var host = await CollectorHost.StartAsync();
        var answer = await host.PostAsync("""[{"event":"e","anonymousId":"a"},""");
        Assert.Equal((400, "json"), (answer.Status, answer.Error));
        Assert.Equal((-1, "json", """[{"event":"e","anonymousId":"a"},"""), Kept(host).Single() is var k ? (k.Index, k.Code, k.Sample) : default);
        Assert.Empty(host.Events());
    }

    [Fact]
    public async Task FloodOfGarbage_IsAnsweredButNotAllKept()
    {
        await using var host = await CollectorHost.StartAsync(CollectorHost.Options with { RejectedBurst = 10, RejectedPerSecond = 2 });
        var garbage = "[" + string.Join(',', Enumerable.Repeat("1", 100)) + "]";
        var answer = await host.PostAsync(garbage);
        Assert.Equal(100, answer.Rejected.Split(' ').Length);
        Assert.Equal(10, Kept(host).Count);
        host.Time.Advance(TimeSpan.FromSeconds(3));
        await host.PostAsync(garbage);
        Assert.Equal(16, Kept(host).Count);
    }

    private static List<(string Project, string Code, long ReceivedAt, string Door, int Index, string ImportId, int Size, long Hash, string Sample)> Kept(CollectorHost host)
    {
        var kept = new List<(string, string, long, string, int, string, int, long, string)>();
        foreach (var record in host.Log.All(Topics.Rejected))
        {
            Assert.Empty(record.Key);
            var r = RejectedEvent.Decode(record.Value);
            kept.Add((Text(r.Project), Text(r.Code), r.ReceivedAt, Text(r.Door), r.Index, Text(r.ImportId), r.Size, r.Hash, Text(r.Sample)));
        }
        return [.. kept.OrderBy(k => k.Item5)];
    }

    private static string Text(ReadOnlySpan<byte> utf8) => Encoding.UTF8.GetString(utf8);
}

using System.Text;
using Tidemark.Collector.IntakeTopic;
using Tidemark.Collector.Tests.Hosting;
using Tidemark.Contracts;
using Tidemark.EventLog;

namespace Tidemark.Collector.Tests.IntakeTopic;

public sealed class IntakeAllocationTests
{
    private const int Messages = 500;

    [Theory]
    [InlineData("json")]
    [InlineData("array")]
    [InlineData("avro")]
    public void Judge_WarmedUp_AllocatesNothingPerMessage(string kind)
    {
        var judge = Judged.New(CollectorHost.Options);
        var counts = new IntakeCounts();
        using var target = new AppendRequest(Topics.Events, 4, null);
        var messages = Enumerable.Range(0, Messages).Select(i => Message(kind, i)).ToArray();
        var least = long.MaxValue;
        for (var round = 0; round < 20; round++)
        {
            judge.Begin();
            var accepted = 0;
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < Messages; i++)
            {
                judge.Judge(new LogRecord(i, CollectorHost.NowMs, default, messages[i]), target);
                counts.Took(judge.Accepted, judge.Rejections);
                accepted += judge.Accepted;
                target.Clear();
            }
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
            judge.End(counts);
            Assert.Equal(kind == "array" ? 2 * Messages : Messages, accepted);
        }
        Assert.Equal(0, least);
    }

    private static byte[] Message(string kind, int i)
    {
        var json = $$"""{"event":"\u00e4","anonymousId":"v{{i}}","writeKey":"live","timestamp":"2026-05-04T11:00:00Z","properties":{"a":1,"b":{"c":"x"} } }""";
        return kind switch
        {
            "json" => Encoding.UTF8.GetBytes(json),
            "array" => Encoding.UTF8.GetBytes($"[{json},{json}]"),
            _ => AvroMessage.Of(visitor: $"v{i}\0"),
        };
    }
}

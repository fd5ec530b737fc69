using System.Text;
using Tidemark.Collector.Tests.Hosting;
using Tidemark.Contracts.Events;

namespace Tidemark.Collector.Tests.IntakeTopic;

public sealed class JsonMessageTests
{
    private const string Good = """{"event":"e","anonymousId":"a"}""";

    [Fact]
    public void Message_IsOneEvent_AnArray_OrLines()
    {
        Assert.Equal("e", Judged.Of(Good).Single.Event);
        Assert.Equal(3, Judged.Of($"[{Good},{Good},{Good}]").Events.Count);
        Assert.Equal(2, Judged.Of($"{Good}\r\n\n{Good}\n").Events.Count);
        Assert.Equal("e", Judged.Of("{\n\"event\": \"e\",\n\"userId\": \"u\"\n}").Single.Event);
    }

    [Fact]
    public void Seq_IsTheIndexInTheMessage()
    {
        Assert.Equal([0, 2, 3], Judged.Of($"[{Good},1,{Good},{Good}]").Events.Select(e => e.Seq));
        Assert.Equal(0, Judged.Of(Good, offset: 9).Single.Seq);
    }

    [Fact]
    public void BadEvent_IsRejectedWithItsIndex_AndNeighboursAreTaken()
    {
        foreach (var message in new[] { $$"""[{{Good}},{"event":"e"},1,{{Good}}]""", $"{Good}\n{{\"event\":\"e\"}}\n1\n{Good}" })
        {
            var judged = Judged.Of(message);
            Assert.Equal((2, "1:no_identity:shop 2:not_object:shop"), (judged.Events.Count, judged.Rejected));
        }
    }

    [Theory]
    [InlineData("", "empty_body")]
    [InlineData(" \n", "empty_body")]
    [InlineData("[]", "empty_batch")]
    [InlineData("nonsense", "json")]
    [InlineData("\0", "json")]
    [InlineData("\u00c3\u0001", "json")]
    [InlineData("5", "not_object")]
    [InlineData("""[{"event":"e","anonymousId":"a"},""", "json")]
    public void PoisonousMessage_IsRejectedAsAWhole(string message, string code)
    {
        var judged = Judged.Of(message);
        Assert.Empty(judged.Events);
        Assert.Equal($"-1:{code}:shop", judged.Rejected);
    }

    [Fact]
    public void Message_LargerThanABodyMayBe_IsRejected()
    {
        var options = Judged.OneProject;
        var most = Encoding.UTF8.GetBytes($"[{Good}]".PadRight(options.MaxBodyBytes));
        Assert.Single(Judged.Of(most).Events);
        Assert.Equal("-1:body_too_large:shop", Judged.Of(Encoding.UTF8.GetBytes($"[{Good}]".PadRight(options.MaxBodyBytes + 1))).Rejected);
        Assert.Equal("-1:body_too_large:shop", Judged.Of(new byte[2 << 20]).Rejected);
    }

    [Fact]
    public void Limits_AreThoseOfTheOtherDoors()
    {
        var deep = string.Concat(Enumerable.Repeat("""{"a":""", 20)) + "1" + new string('}', 20);
        Assert.Equal("0:too_deep:shop", Judged.Of($$"""{"event":"e","anonymousId":"a","properties":{{deep}}}""").Rejected);
        Assert.Equal("0:id_too_long:shop", Judged.Of($$"""{"event":"e","anonymousId":"{{new string('a', 1025)}}"}""").Rejected);
        Assert.Equal("0:text_too_long:shop", Judged.Of($$"""{"event":"{{new string('a', 17 << 10)}}","anonymousId":"a"}""").Rejected);
        Assert.Equal("0:event_too_large:shop", Judged.Of($$"""{"event":"e","anonymousId":"a","x":"{{new string('a', 33 << 10)}}"}""").Rejected);
        Assert.Equal("0:ts_future:shop", Judged.Of("""{"event":"e","anonymousId":"a","timestamp":"2026-05-04T12:06:00Z"}""").Rejected);
        Assert.Equal("0:ts_too_old:shop", Judged.Of("""{"event":"e","anonymousId":"a","timestamp":"2026-01-01"}""").Rejected);
        Assert.Equal("0:ts_format:shop", Judged.Of("""{"event":"e","anonymousId":"a","timestamp":"soon"}""").Rejected);
        var many = string.Join('\n', Enumerable.Repeat(Good, 4));
        Assert.Equal("-1:too_many_events:shop", Judged.Of(many, Judged.OneProject with { MaxEventsPerRequest = 3 }).Rejected);
        Assert.Equal("0:utf8:shop", Judged.Of([.. "{\"event\":\""u8, 0xff, .. "\",\"anonymousId\":\"a\"}"u8]).Rejected);
    }

    [Fact]
    public void Event_IsTheSameAsOverHttp()
    {
        const string Text = """{"type":"page","anonymousId":"a","userId":"u","messageId":"m","context":{"page":{"url":"https://h/p?utm_source=s"},"userAgent":"Mozilla/5.0 (iPhone)"},"properties":{"x":1}}""";
        var ours = Judged.Of(Text).Single;
        var theirs = Intake.Batch.Read(Text).Single;
        Assert.Equal(theirs with { Properties = ours.Properties }, ours);
        Assert.Equal(theirs.Properties, ours.Properties);
    }

    [Fact]
    public void IdOfAnEventWithoutOne_IsTheSameWhenReadAgain_AndNobodyElses()
    {
        const string Two = $"[{Good},{Good}]";
        var ids = Judged.Of(Two).Events.Select(e => e.EventId).ToArray();
        Assert.Equal(ids, Judged.Of(Two).Events.Select(e => e.EventId));
        var others = new[] { Judged.Of(Two, offset: 6), Judged.Of(Two, partition: 4), Judged.Of(Two, timestamp: CollectorHost.NowMs - 1) };
        Assert.Equal(8, ids.Concat(others.SelectMany(o => o.Events.Select(e => e.EventId))).Distinct().Count());
        Assert.All(Judged.Of(Two).Events, e => Assert.Equal("", e.MessageId));
        var sent = Judged.Of("""{"event":"e","anonymousId":"a","messageId":"m"}""").Single;
        Assert.Equal(("m", EventIds.OfMessage("shop"u8, "a"u8, "m"u8)), (sent.MessageId, sent.EventId));
    }
}

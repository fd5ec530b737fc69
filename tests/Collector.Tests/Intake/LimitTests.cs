using Tidemark.Collector.Tests.Hosting;

namespace Tidemark.Collector.Tests.Intake;

/// <summary>Each limit at its last good value and one beyond; neighbours are taken either way.</summary>
public sealed class LimitTests
{
    private const string Good = """{"event":"good","anonymousId":"a"}""";

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    public void EventBytes(int beyond, bool taken)
    {
        var filler = new string('x', 15_000);
        var head = $$$"""{"event":"e","anonymousId":"a","properties":{"a":"{{{filler}}}","b":"{{{filler}}}","c":" """.TrimEnd();
        var body = head + new string('y', (32 << 10) - head.Length - 3 + beyond) + "\"}}";
        AssertTaken(body, taken, "event_too_large");
    }

    [Fact]
    public void EventBytes_FarBeyond_InArrayAndLines()
    {
        foreach (var size in new[] { 33 << 10, 900_000 })
        {
            AssertTaken($$"""{"event":"e","anonymousId":"a","x":"{{new string('x', size)}}"}""", false, "event_too_large");
            AssertTaken($$"""{"x":[{{string.Concat(Enumerable.Repeat("[1],", size / 4))}}2],"event":"e","anonymousId":"a"}""", false, "event_too_large");
        }
    }

    [Theory]
    [InlineData(255, true)]
    [InlineData(256, false)]
    public void PropertyKeys(int count, bool taken)
    {
        var members = Enumerable.Range(0, count).Select(i => $"\"k{i}\":{i}");
        AssertTaken($$$"""{"event":"e","anonymousId":"a","properties":{{{{string.Join(',', members)}}}}}""", taken, "too_many_keys");
        AssertTaken($$$"""{"event":"e","anonymousId":"a","properties":{ "o":{{{{string.Join(',', members.Skip(1))}}}}} }""", taken, "too_many_keys");
    }

    [Fact]
    public void OtherKeys_AreBoundedToo() => AssertTaken(
        $$"""{"event":"e","anonymousId":"a",{{string.Join(',', Enumerable.Range(0, 600).Select(i => $"\"k{i}\":0"))}}}""", false, "too_many_keys");

    [Theory]
    [InlineData(8, true)]
    [InlineData(9, false)]
    [InlineData(2000, false)]
    public void Depth(int levels, bool taken)
    {
        string Objects(int n) => string.Concat(Enumerable.Repeat("{\"o\":", n)) + "1" + new string('}', n);
        string Arrays(int n) => "{\"a\":" + new string('[', n - 1) + new string(']', n - 1) + "}";
        foreach (var member in new[] { "properties", "traits", "context", "other" })
        {
            AssertTaken($$"""{"event":"e","anonymousId":"a","{{member}}":{{Objects(levels)}}}""", taken, "too_deep");
            AssertTaken($$"""{"event":"e","anonymousId":"a","{{member}}":{{Arrays(levels)}}}""", taken, "too_deep");
        }
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(255, true)]
    [InlineData(256, false)]
    [InlineData(0, false)]
    public void KeyBytes(int length, bool taken)
    {
        var key = new string('k', length);
        AssertTaken($$$"""{"event":"e","anonymousId":"a","properties":{"{{{key}}}":1}}""", taken, "bad_key");
        AssertTaken($$$"""{"event":"e","anonymousId":"a","{{{key}}}":1}""", taken, "bad_key");
        AssertTaken($$$"""{"event":"e","anonymousId":"a","context":{"{{{key}}}":1}}""", taken, "bad_key");
    }

    [Fact]
    public void FlattenedNameBytes()
    {
        var key = new string('k', 250);
        string Nested(int levels) => string.Concat(Enumerable.Repeat($$"""{"{{key}}":""", levels)) + "1" + new string('}', levels);
        AssertTaken("""{"event":"e","anonymousId":"a","properties":""" + Nested(4) + "}", true, "");
        AssertTaken("""{"event":"e","anonymousId":"a","properties":""" + Nested(5) + "}", false, "bad_key");
    }

    [Theory]
    [InlineData(1024, true)]
    [InlineData(1025, false)]
    public void IdBytes(int length, bool taken)
    {
        foreach (var id in new[] { "anonymousId", "userId", "messageId" })
            AssertTaken($$"""{"event":"e","{{id}}":"{{new string('i', length)}}","{{(id == "userId" ? "anonymousId" : "userId")}}":"u"}""", taken, "id_too_long");
    }

    [Theory]
    [InlineData(16 << 10, true)]
    [InlineData((16 << 10) + 1, false)]
    public void TextBytes(int length, bool taken)
    {
        var text = new string('t', length);
        AssertTaken($$$"""{"event":"e","anonymousId":"a","properties":{"p":"{{{text}}}"}}""", taken, "text_too_long");
        AssertTaken($$"""{"event":"{{text}}","anonymousId":"a"}""", taken, "text_too_long");
        AssertTaken($$$"""{"event":"e","anonymousId":"a","context":{"locale":"{{{text}}}"}}""", taken, "text_too_long");
    }

    [Theory]
    [InlineData(64, true)]
    [InlineData(65, false)]
    [InlineData(30_000, false)]
    public void NumberBytes(int length, bool taken)
    {
        var number = new string('7', length);
        AssertTaken($$$"""{"event":"e","anonymousId":"a","properties":{"p":{{{number}}}}}""", taken, "number_too_long");
        AssertTaken($$$"""{"event":"e","anonymousId":"a","properties":{"p":[{{{number}}}]}}""", taken, "number_too_long");
        AssertTaken($$$"""{"event":"e","anonymousId":"a","context":{"p":{{{number}}}}}""", taken, "number_too_long");
        AssertTaken($$"""{"event":"e","anonymousId":"a","other":{{number}}}""", taken, "number_too_long");
    }

    [Fact]
    public void NumberBytes_AMillionDigits() =>
        AssertTaken($$$"""{"event":"e","anonymousId":"a","properties":{"p":{{{new string('9', 1_000_000)}}}}}""", false, "event_too_large");

    [Theory]
    [InlineData(""" "anonymousId":"b" """)]
    [InlineData(""" "\u0061nonymousId":"b" """)]
    [InlineData(""" "x":1,"x":1 """)]
    [InlineData(""" "properties":{},"properties":{} """)]
    [InlineData(""" "properties":{"x":1,"y":2,"x":1} """)]
    [InlineData(""" "properties":{"o":{"x":1,"\u0078":1}} """)]
    [InlineData(""" "context":{"page":{},"page":{}} """)]
    [InlineData(""" "context":{"page":{"url":"a","url":"a"}} """)]
    [InlineData(""" "properties":{"a.b":1,"a":{"b":2}} """)]
    [InlineData(""" "properties":{"a":{"b":2},"a.b":1} """)]
    [InlineData(""" "properties":{"a":{"b":2},"\u0061.b":[1]} """)]
    [InlineData(""" "properties":{"o":{"a.b":{"c":1},"a":{"b.c":2}}} """)]
    [InlineData(""" "properties":{"a":{"b":{"c":1}},"a.b.c":"x"} """)]
    [InlineData(""" "traits":{"a.b":1,"a":{"b":2}} """)]
    [InlineData(""" "traits":{"a":1},"properties":{"traits.a":2} """)]
    [InlineData(""" "properties":{"traits":{"a":2}},"traits":{"a":1} """)]
    public void DuplicateKeys(string members) => AssertTaken($$"""{"event":"e","anonymousId":"a",{{members}}}""", false, "duplicate_key");

    [Fact]
    public void SameKeyInDifferentObjects_IsNone() => AssertTaken(
        """{"event":"e","anonymousId":"a","event2":1,"properties":{"event":1,"o":{"event":1,"o":1},"p":{"event":1,"o":1}},"traits":{"event":1},"context":{"event":1,"page":{"event":1}}}""", true, "");

    /// <summary>What is left out, and what stays apart when it is flattened.</summary>
    [Theory]
    [InlineData(""" "properties":{"a.b":1,"a":{"c":2}} """)]
    [InlineData(""" "properties":{"a.b":1,"a":{"b":null}} """)]
    [InlineData(""" "properties":{"a.b":1,"a":{"b":{"c":2}}} """)]
    [InlineData(""" "properties":{"traits":{"a":2}},"traits":{"b":1} """)]
    [InlineData(""" "properties":{"page.url":1},"context":{"page":{"url":"a"},"page.url":"b"} """)]
    public void DifferentFlattenedNames_AreTaken(string members) => AssertTaken($$"""{"event":"e","anonymousId":"a",{{members}}}""", true, "");

    [Theory]
    [InlineData(2500, "ok")]
    [InlineData(2501, "too_many_events")]
    public void EventsPerRequest(int count, string code)
    {
        var events = Enumerable.Repeat(Good, count).ToList();
        Assert.Equal(code, Batch.Read("[" + string.Join(',', events) + "]").Code);
        Assert.Equal(code, Batch.Read(string.Join('\n', events)).Code);
        // Refused ones count as well.
        Assert.Equal(code, Batch.Read("[" + string.Join(',', events.Take(count - 1)) + ",1]").Code);
    }

    private static void AssertTaken(string body, bool taken, string code)
    {
        foreach (var batch in new[] { $"[{Good},{body},{Good}]", $"{Good}\n{body}\n{Good}\n" })
        {
            var result = Batch.Read(batch, options: CollectorHost.Options with { MaxInFlightBytes = long.MaxValue });
            Assert.Equal("ok", result.Code);
            Assert.Equal(taken ? "" : $"1:{code}", result.Rejected);
            Assert.Equal(taken ? 3 : 2, result.Accepted);
        }
    }
}

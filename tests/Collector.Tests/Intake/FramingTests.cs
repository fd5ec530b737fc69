using System.Text;

namespace Tidemark.Collector.Tests.Intake;

/// <summary>What a body is: an array, lines, one object, or nothing of the kind.</summary>
public sealed class FramingTests
{
    private const string A = """{"event":"a","anonymousId":"v"}""";

    [Theory]
    [InlineData("[A,A]", 2)]
    [InlineData(" \r\n\t[ A ,\n A ]\r\n ", 2)]
    [InlineData("A", 1)]
    [InlineData("A\nA", 2)]
    [InlineData("A\r\nA\r\n", 2)]
    [InlineData("\n\nA\n  \r\n\t\nA\n\n", 2)]
    [InlineData("\uFEFFA\r\n\r\nA", 2)]
    [InlineData("\uFEFF[A]", 1)]
    [InlineData("{\n\"event\"\n:\n\"a\",\r\n\"anonymousId\":\"v\"\n}", 1)]
    public void Read_WellFormed_TakesAll(string body, int events)
    {
        var batch = Batch.Read(body.Replace("A", A, StringComparison.Ordinal));
        Assert.Equal(("ok", events, ""), (batch.Code, batch.Accepted, batch.Rejected));
    }

    [Theory]
    [InlineData("A\n{\"event\":\nA", "1:json", 2)]
    [InlineData("A\nnonsense\nA", "1:json", 2)]
    [InlineData("nonsense\nA\nA", "0:json", 2)]
    [InlineData("{\"event\":\"x\nA\nA", "0:json", 2)]
    [InlineData("{\"event\":\"x\",\"properties\":{\nA\nA", "0:json", 2)]
    [InlineData("{\"event\":\"x\",\"properties\":[\nA", "0:json", 1)]
    [InlineData("A\nA A\nA", "1:json", 2)]
    [InlineData("A\nAA\n", "1:json", 1)]
    [InlineData("A\n5\n\"x\"\nnull\n[]\n[A]\nA", "1:not_object 2:not_object 3:not_object 4:not_object 5:not_object", 2)]
    [InlineData("A\n{'event':'x'}\n{\"a\":1,}\n{\"a\":NaN}\n{\"a\":+1}\n{\"a\":01}\n{\"a\":1}//c\n/**/A", "1:json 2:json 3:json 4:json 5:json 6:json 7:json", 1)]
    [InlineData("A\n\uFEFFA", "1:json", 1)]
    [InlineData("A\n{\"anonymousId\":\"v\",\"event\":\"\\u12\"}\n{\"event\":\"\\x\"}\n{\"event\":1e}", "1:json 2:json 3:json", 1)]
    public void Read_BrokenLines_HarmNoNeighbour(string body, string rejected, int accepted)
    {
        var batch = Batch.Read(body.Replace("A", A, StringComparison.Ordinal));
        Assert.Equal(("ok", rejected, accepted), (batch.Code, batch.Rejected, batch.Accepted));
    }

    [Theory]
    [InlineData("[A,A", "json")]
    [InlineData("[A,{\"event\":\"b]", "json")]
    [InlineData("[A,]", "json")]
    [InlineData("[A A]", "json")]
    [InlineData("[A]]", "json")]
    [InlineData("[A]\n[A]", "json")]
    [InlineData("[A]\nA", "json")]
    [InlineData("[A,//x\nA]", "json")]
    [InlineData("[A,nul]", "json")]
    [InlineData("[", "json")]
    [InlineData("\uFEFF\uFEFF[A]", "json")]
    [InlineData("\uFEFF\uFEFFA", "json")]
    [InlineData("[]", "empty_batch")]
    [InlineData(" [ \n ] ", "empty_batch")]
    [InlineData("", "empty_body")]
    [InlineData(" \r\n\t", "empty_body")]
    [InlineData("\uFEFF", "empty_body")]
    [InlineData("5", "not_object")]
    [InlineData("\"x\"", "not_object")]
    [InlineData("null", "not_object")]
    [InlineData("true", "not_object")]
    [InlineData("{", "json")]
    [InlineData("{\"event\":\"a\"", "json")]
    [InlineData("{\"event\":\"a\",\n\"anonymousId\":\"v\"", "json")]
    [InlineData("<html>\n<body>\n</html>", "json")]
    [InlineData("event=a&anonymousId=v", "json")]
    [InlineData("AA", "json")]
    public void Read_NotJson_SinksTheRequest(string body, string code) =>
        Assert.Equal(code, Batch.Read(body.Replace("A", A, StringComparison.Ordinal)).Code);

    [Fact]
    public void Read_ElementsThatAreNoObjects_AreRejectedOneByOne()
    {
        var batch = Batch.Read($$"""[1,{{A}},"x",[{{A}},[]],null,true,[],{{A}}]""");
        Assert.Equal(("ok", "0:not_object 2:not_object 3:not_object 4:not_object 5:not_object 6:not_object", 2), (batch.Code, batch.Rejected, batch.Accepted));
    }

    [Fact]
    public void Read_RejectionInTheMiddleOfAnObject_GoesOnBehindIt()
    {
        var batch = Batch.Read($$$"""[{"anonymousId":5,"x":{"y":[{}]}},{{{A}}},{"properties":{"a":{"b":[[1]],"b":2}},"z":[]},{{{A}}}]""");
        Assert.Equal(("0:type 2:duplicate_key", 2), (batch.Rejected, batch.Accepted));
    }

    [Theory]
    [InlineData("""{"batch":[EVENT]}""")]
    [InlineData("""{"batch":[EVENT],"sentAt":"2026-05-04T11:00:00Z","writeKey":"k"}""")]
    [InlineData("""{"event":"e","anonymousId":"a","batch":1}""")]
    [InlineData("{\n\"batch\": [\nEVENT\n]\n}")]
    [InlineData("""[{"batch":[EVENT]}]""")]
    [InlineData("{\"batch\":[EVENT]}\n{\"batch\":[EVENT]}\n")]
    [InlineData("""{"batch":[LONG]}""")]
    [InlineData("""{"context":{},"batch":[LONG],"x":1}""")]
    public void Read_Batch_SinksTheRequest(string body) => Assert.Equal("batch", Batch.Read(
        body.Replace("LONG", string.Join(',', Enumerable.Repeat(A, 2000)), StringComparison.Ordinal).Replace("EVENT", A, StringComparison.Ordinal)).Code);

    [Fact]
    public void Read_BatchAmongEvents_IsRejectedAlone()
    {
        foreach (var (open, between, close) in new[] { ("[", ",", "]"), ("", "\n", "") })
        {
            var batch = Batch.Read($$"""{{open}}{{A}}{{between}}{"batch":[{{A}},{{A}}]}{{between}}{{A}}{{close}}""");
            Assert.Equal(("ok", "1:batch", 2), (batch.Code, batch.Rejected, batch.Accepted));
        }
        Assert.Equal(1, Batch.Read("""{"event":"e","anonymousId":"a","properties":{"batch":[1]}}""").Accepted);
    }

    [Fact]
    public void Read_LargeObjectOverLines_IsTooLargeAsOne()
    {
        var batch = Batch.Read("{\n\"event\":\"a\",\n\"anonymousId\":\"v\",\n\"x\":\"" + new string('x', 33 << 10) + "\"\n}");
        Assert.Equal(("ok", "0:event_too_large"), (batch.Code, batch.Rejected));
    }

    [Fact]
    public void Read_InvalidUtf8_CostsItsEventOnly()
    {
        foreach (var (open, between, close) in new[] { ("[", ",", "]"), ("", "\n", "") })
        {
            var body = Encoding.UTF8.GetBytes(open + string.Join(between, A, """{"event":"#","anonymousId":"v"}""", A, """{"event":"e","anonymousId":"v","properties":{"#":1}}""") + close);
            body.AsSpan().Replace((byte)'#', (byte)0xff);
            var batch = Batch.Read(body);
            Assert.Equal(("ok", "1:utf8 3:utf8", 2), (batch.Code, batch.Rejected, batch.Accepted));
        }
    }

    [Theory]
    [InlineData(new byte[] { 0xc0, 0xaf })]
    [InlineData(new byte[] { 0xed, 0xa0, 0x80 })]
    [InlineData(new byte[] { 0xf5, 0x80, 0x80, 0x80 })]
    [InlineData(new byte[] { 0xc3 })]
    public void Read_OverlongSurrogateOrCutUtf8_IsRejected(byte[] text) =>
        Assert.Equal("0:utf8", Batch.Read([.. """{"event":"e","anonymousId":"v"""u8, .. text, .. "\"}"u8]).Rejected);

    [Fact]
    public void Read_Utf16_IsNotJson()
    {
        Assert.Equal("json", Batch.Read(Encoding.Unicode.GetBytes("\uFEFF" + A)).Code);
        Assert.Equal("json", Batch.Read(Encoding.BigEndianUnicode.GetBytes(A)).Code);
    }

    [Fact]
    public void Read_HalfSurrogatePairs_AreReplacedAndCounted()
    {
        var batch = Batch.Read("""
            [{"event":"Sale \ud83d","anonymousId":"v"},{"event":"\ude00 end","anonymousId":"v"},{"event":"\ud83d\ude00 ok","anonymousId":"v"},
            {"event":"plain","anonymousId":"v","properties":{"note \ud83d":"cut \u0000","list":["\udc00"]}}]
            """);
        Assert.Equal("", batch.Rejected);
        Assert.Equal(["Sale \uFFFD", "\uFFFD end", "\U0001F600 ok", "plain"], batch.Events.Select(e => e.Event));
        Assert.Equal(new Dictionary<string, string> { ["note \uFFFD"] = "cut \uFFFD", ["list"] = "[\"\\ufffd\"]" }, batch.Events[3].Properties);
        Assert.Equal(5, batch.Replaced);
    }

    [Fact]
    public void Read_BrokenLinesWithoutEnd_TakeLinearTime()
    {
        // Each line opens an object that the next ones could belong to.
        var batch = Batch.Read(string.Join('\n', Enumerable.Repeat("{\"a\":[", 2499)) + "\n" + A);
        Assert.Equal((2499, 1), (batch.Rejections.Count, batch.Accepted));
    }

    [Fact]
    public void Read_MillionsOfBrackets_AreRefusedWithoutRecursion()
    {
        Assert.Equal("json", Batch.Read(new string('[', 4 << 20)).Code);
        Assert.Equal("json", Batch.Read(new string('{', 4 << 20)).Code);
        Assert.Equal("0:not_object", Batch.Read("[" + new string('[', 100_000) + new string(']', 100_000) + "]").Rejected.Replace("event_too_large", "not_object", StringComparison.Ordinal));
    }
}

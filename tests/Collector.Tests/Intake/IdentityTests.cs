using Tidemark.Contracts.Events;

namespace Tidemark.Collector.Tests.Intake;

public sealed class IdentityTests
{
    [Theory]
    [InlineData("""{"event":"e","anonymousId":"a","userId":"u"}""", "a", "u")]
    [InlineData("""{"event":"e","anonymousId":null,"userId":"u"}""", "u", "u")]
    [InlineData("""{"event":"e","anonymousId":"","userId":"0"}""", "0", "0")]
    [InlineData("""{"event":"e","anonymousId":" \t\u00a0","userId":"u"}""", "u", "u")]
    [InlineData("""{"event":"e","anonymousId":"null"}""", "null", "")]
    [InlineData("""{"event":"e","anonymousId":"undefined","userId":null}""", "undefined", "")]
    [InlineData("""{"event":"e","anonymousId":" A\u00df "}""", " Aß ", "")]
    [InlineData("""{"event":"e","userId":"00012","anonymousId":" "}""", "00012", "00012")]
    public void Read_Ids_AreKeptByteForByte(string json, string visitor, string user)
    {
        var e = Batch.Read(json).Single;
        Assert.Equal((visitor, user), (e.VisitorId, e.UserId));
    }

    [Theory]
    [InlineData("""{"event":"e"}""", "0:no_identity")]
    [InlineData("""{"event":"e","anonymousId":"","userId":"  "}""", "0:no_identity")]
    [InlineData("""{"event":"e","anonymousId":null,"userId":null}""", "0:no_identity")]
    [InlineData("""{"event":"e","userId":0}""", "0:type")]
    [InlineData("""{"event":"e","anonymousId":"a","userId":12}""", "0:type")]
    [InlineData("""{"event":"e","anonymousId":"a","userId":["u"]}""", "0:type")]
    [InlineData("""{"event":"e","anonymousId":"a","userId":{"id":"u"}}""", "0:type")]
    [InlineData("""{"event":"e","anonymousId":true}""", "0:type")]
    [InlineData("""{"event":"e","anonymousId":"a","messageId":7}""", "0:type")]
    public void Read_NoUsableId_IsRejected(string json, string rejected)
    {
        var batch = Batch.Read(json);
        Assert.Equal(("ok", 0, rejected), (batch.Code, batch.Accepted, batch.Rejected));
    }

    [Fact]
    public void Read_MessageId_MakesTheEventIdWithinProjectAndVisitor()
    {
        var e = Batch.Read("""{"event":"e","anonymousId":"a","messageId":"m"}""").Single;
        Assert.Equal(EventIds.OfMessage("shop"u8, "a"u8, "m"u8), e.EventId);
        Assert.Equal("m", e.MessageId);
    }

    [Theory]
    [InlineData("")]
    [InlineData(""","messageId":null""")]
    [InlineData(""","messageId":"" """)]
    [InlineData(""","messageId":" " """)]
    public void Read_NoMessageId_MakesEveryEventItsOwn(string member)
    {
        var json = $$"""{"event":"e","anonymousId":"a"{{member}}}""";
        var ids = Batch.Read($"[{json},{json}]").Events.Select(e => e.EventId).ToList();
        Assert.Equal(2, ids.Distinct().Count());
    }

    [Fact]
    public void Read_PlaceIds_AreImportAndPlace()
    {
        const string Lines = """
            {"event":"e","anonymousId":"a","timestamp":"2024-05-01","_place":1}
            {"event":"e","anonymousId":"a","timestamp":"2024-05-01","_place":20}
            {"event":"e","anonymousId":"a","timestamp":"2024-05-01","_place":3,"messageId":"m"}
            """;
        var events = Batch.Read(Lines, history: true, import: "shop.csv", placeIds: true).Events;
        Assert.Equal(
            [EventIds.OfMessage("shop"u8, "a"u8, "shop.csv:1"u8), EventIds.OfMessage("shop"u8, "a"u8, "shop.csv:20"u8), EventIds.OfMessage("shop"u8, "a"u8, "m"u8)],
            events.Select(e => e.EventId));
        Assert.All(events, e => Assert.DoesNotContain("_place", e.Properties.Keys));
        var again = Batch.Read(Lines, history: true, import: "shop.csv").Events;
        Assert.NotEqual(events[0].EventId, again[0].EventId);
    }
}

using Tidemark.Collector.Tests.Hosting;

namespace Tidemark.Collector.Tests.IntakeTopic;

public sealed class MessageProjectTests
{
    private static readonly CollectorOptions _two = CollectorHost.Options;
    private static readonly CollectorOptions _defaulted = CollectorHost.Options with { IntakeProject = "other" };

    [Fact]
    public void Json_SaysItByItsWriteKey_AndElseTheOnlyProjectOrTheConfiguredOneHasIt()
    {
        Assert.Equal("shop", Judged.Of(Event("\"live\""), _two).Single.Project);
        Assert.Equal("other", Judged.Of(Event("\"other\""), _two).Single.Project);
        Assert.Equal("shop", Judged.Of(Event("\"l\\u0069ve\""), _two).Single.Project);
        Assert.Equal("shop", Judged.Of(Event(null)).Single.Project);
        Assert.Equal("other", Judged.Of(Event(null), _defaulted).Single.Project);
        Assert.Equal("other", Judged.Of(Event("null"), _defaulted).Single.Project);
        Assert.Equal("shop", Judged.Of(Event("\"live\""), _defaulted).Single.Project);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("null")]
    public void Json_WithoutAKey_WhereThereAreSeveralProjects_IsRejected(string? key) => Assert.Equal("0:write_key:", Judged.Of(Event(key), _two).Rejected);

    [Theory]
    [InlineData("\"nobody\"")]
    [InlineData("\"gone\"")]
    [InlineData("\"\"")]
    [InlineData("5")]
    [InlineData("{\"a\":1}")]
    public void Json_WithAnInvalidKey_IsRejected_EvenWhereThereIsADefault(string key)
    {
        Assert.Equal("0:write_key:", Judged.Of(Event(key), _defaulted).Rejected);
        Assert.Equal("0:write_key:", Judged.Of(Event(key)).Rejected);
    }

    [Fact]
    public void Neighbours_MayBeOfDifferentProjects()
    {
        var judged = Judged.Of($"[{Event("\"other\"")},{Event("\"nobody\"")},{Event("\"live\"")},{Event("\"all\"")},{Event("\"other\"")}]", _two);
        Assert.Equal(["other", "other", "shop", "shop"], judged.Events.Select(e => e.Project).Order(StringComparer.Ordinal));
        Assert.Equal("1:write_key:", judged.Rejected);
        // Same visitor, same message id, another project: another event.
        Assert.NotEqual(Judged.Of(Event("\"live\""), _two).Single.EventId, Judged.Of(Event("\"other\""), _two).Single.EventId);
    }

    [Theory]
    [InlineData("""{"event":5,"writeKey":"other"}""", "0:type:other")]
    [InlineData("""{"writeKey":"other","event":5}""", "0:type:other")]
    [InlineData("""{"event":5,"context":{"writeKey":"live"},"writeKey":"other"}""", "0:type:other")]
    [InlineData("""{"event":5,"writeKey":"nobody"}""", "0:type:")]
    [InlineData("""{"event":5,"writeKey":7}""", "0:type:")]
    [InlineData("""{"event":5}""", "0:type:")]
    [InlineData("""{"writeKey":"other","event":"e",}""", "-1:json:other")]
    [InlineData("""{"event":"e","anonymousId":"a","writeKey":"\ud83d"}""", "0:write_key:")]
    public void RefusedEvent_IsItsProjects_HoweverEarlyItsReadingEnded(string message, string rejected) => Assert.Equal(rejected, Judged.Of(message, _two).Rejected);

    private static string Event(string? key) => $$"""{"event":"e","anonymousId":"a","messageId":"m"{{(key is null ? "" : ",\"writeKey\":" + key)}}}""";
}

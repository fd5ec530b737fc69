using Tidemark.Contracts.Events;

namespace Tidemark.Collector.Tests.Intake;

public sealed class FieldTests
{
    [Theory]
    [InlineData(""" "type":"track","event":"Signup" """, EventType.Track, EventKind.Action, "Signup")]
    [InlineData(""" "event":"Signup" """, EventType.Track, EventKind.Action, "Signup")]
    [InlineData(""" "type":"track","event":"Error" """, EventType.Track, EventKind.Error, "Error")]
    [InlineData(""" "event":"JavaScript Error" """, EventType.Track, EventKind.Error, "JavaScript Error")]
    [InlineData(""" "event":"$exception" """, EventType.Track, EventKind.Error, "$exception")]
    [InlineData(""" "event":"Error shown" """, EventType.Track, EventKind.Action, "Error shown")]
    [InlineData(""" "type":"page","name":"Home" """, EventType.Page, EventKind.Page, "Home")]
    [InlineData(""" "type":"Page" """, EventType.Page, EventKind.Page, "")]
    [InlineData(""" "properties":{"path":"/x"} """, EventType.Page, EventKind.Page, "")]
    [InlineData(""" "type":null,"context":{"page":{"url":"https://example.org/x"}} """, EventType.Page, EventKind.Page, "")]
    [InlineData(""" "type":"screen","name":"Settings" """, EventType.Screen, EventKind.Page, "Settings")]
    [InlineData(""" "type":"identify","traits":{} """, EventType.Identify, EventKind.Other, "")]
    [InlineData(""" "type":"group","groupId":"g" """, EventType.Group, EventKind.Other, "")]
    [InlineData(""" "type":"alias","previousId":"p" """, EventType.Alias, EventKind.Other, "")]
    public void Read_Type_SaysWhatTheEventCountsAs(string members, EventType type, EventKind kind, string name)
    {
        var e = Batch.Read($$"""{"anonymousId":"a",{{members}}}""").Single;
        Assert.Equal((type, kind, name), (e.Type, e.Kind, e.Event));
    }

    [Theory]
    [InlineData(""" "type":"click","event":"e" """, "unknown_type")]
    [InlineData(""" "type":5,"event":"e" """, "type")]
    [InlineData(""" "type":"track" """, "no_event")]
    [InlineData(""" "type":"track","event":"" """, "no_event")]
    [InlineData(""" "name":"x" """, "no_event")]
    [InlineData(""" "event":5 """, "type")]
    [InlineData(""" "event":{"name":"e"} """, "type")]
    [InlineData(""" "event":"e","properties":"p" """, "type")]
    [InlineData(""" "event":"e","properties":[1] """, "type")]
    [InlineData(""" "event":"e","properties":[[]] """, "type")]
    [InlineData(""" "event":"e","context":[{"page":{}}] """, "type")]
    [InlineData(""" "event":"e","context":true """, "type")]
    [InlineData(""" "event":"e","traits":7 """, "type")]
    [InlineData(""" "event":"e","context":"c" """, "type")]
    public void Read_WrongField_IsRejected(string members, string code) => Assert.Equal("0:" + code, Batch.Read($$"""{"anonymousId":"a",{{members}}}""").Rejected);

    [Theory]
    [InlineData(""" "properties":{"path":"/a","url":"https://h/b"},"context":{"page":{"path":"/c"}} """, "/a")]
    [InlineData(""" "properties":{"url":"https://h/b"},"context":{"page":{"path":"/c"}} """, "/c")]
    [InlineData(""" "properties":{"url":"https://h/pricing?plan=pro#top"} """, "/pricing")]
    [InlineData(""" "context":{"page":{"url":"https://h:8080/d/e/?x=http://y/z"}} """, "/d/e/")]
    [InlineData(""" "properties":{"url":"https://example.org"} """, "/")]
    [InlineData(""" "properties":{"url":"https://example.org?x=1"} """, "/")]
    [InlineData(""" "properties":{"url":"/only/path?x"} """, "/only/path")]
    [InlineData(""" "properties":{"url":"//cdn.example.org/p"} """, "/p")]
    [InlineData(""" "properties":{"path":"/a?b=c#d"} """, "/a")]
    [InlineData(""" "properties":{"path":"#/inbox"} """, "#/inbox")]
    [InlineData(""" "properties":{"path":"/a%20b/"} """, "/a%20b/")]
    [InlineData(""" "properties":{"path":"","url":"javascript:alert(1)"} """, "javascript:alert(1)")]
    [InlineData(""" "properties":{"path":7} """, "")]
    public void Read_Page_ComesFromTheNearestPlace(string members, string page) =>
        Assert.Equal(page, Batch.Read($$"""{"type":"page","anonymousId":"a",{{members}}}""").Single.Page);

    [Fact]
    public void Read_Screen_IsItsPage() => Assert.Equal("Settings", Batch.Read("""{"type":"screen","name":"Settings","userId":"u","context":{"page":{"path":"/x"}}}""").Single.Page);

    [Theory]
    [InlineData(""" "context":{"campaign":{"name":"n","source":"s","medium":"m","term":"t","content":"c"},"page":{"url":"https://h/?utm_source=x"}} """, "s|m|n|t|c")]
    [InlineData(""" "context":{"campaign":{"name":"n"},"page":{"url":"https://h/?utm_source=x"}} """, "||n||")]
    [InlineData(""" "properties":{"url":"https://h/?a=b&utm_source=news%20letter&utm_medium=e+mail&utm_campaign=%C3%A9t%C3%A9&utm_term=&utm_content=100%25#utm_source=z"} """, "news letter|e mail|été||100%")]
    [InlineData(""" "properties":{"url":"https://h/?utm_source=%FF%&utm_campaign=%00"} """, "%FF%||%00||")]
    [InlineData(""" "context":{"page":{"search":"?utm_source=s"}} """, "s||||")]
    [InlineData(""" "context":{"campaign":"spring"} """, "||||")]
    [InlineData(""" "properties":{"url":"https://h/?xutm_source=s&utm_sourcey=t&utm_source"} """, "||||")]
    public void Read_Campaign_ComesFromContextElseFromTheAddress(string members, string utm) =>
        Assert.Equal(utm, Batch.Read($$"""{"type":"page","anonymousId":"a",{{members}}}""").Single.Utm);

    [Fact]
    public void Read_Context_IsReduced()
    {
        var e = Batch.Read("""
            {"type":"page","anonymousId":"a","context":{"ip":"192.0.2.7","library":{"name":"l"},"locale":"de-DE","app":{"version":"1.2","build":3},"page":{"title":"T","referrer":"https://r/"},
            "userAgent":"Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Mobile/15E148 Safari/604.1","screen":[1,{"x":2}]}}
            """).Single;
        Assert.Equal(("de-DE", "1.2", "T", "https://r/", "mobile", "Mobile Safari", "iOS", false), (e.Locale, e.AppVersion, e.Title, e.Referrer, e.Device, e.Browser, e.Os, e.Bot));
        Assert.Empty(e.Properties);
    }

    [Theory]
    [InlineData("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0.0.0 Safari/537.36", "desktop|Chrome|Windows|False")]
    [InlineData("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", "bot|Googlebot||True")]
    [InlineData("ExampleBrowser/4.7 [en] (X11; I)", "|||False")]
    public void Read_UserAgent_BecomesFamilies(string agent, string families)
    {
        var e = Batch.Read($$$"""{"event":"e","anonymousId":"a","context":{"userAgent":"{{{agent}}}"}}""").Single;
        Assert.Equal(families, $"{e.Device}|{e.Browser}|{e.Os}|{e.Bot}");
    }

    [Fact]
    public void Read_Properties_AreFlattened()
    {
        var e = Batch.Read("""
            {"event":"e","anonymousId":"a","properties":{"s":"t\u00e9xt","n":-1.50e3,"t":true,"f":false,"z":null,"o":{"a":{"b":"c"},"e":{}},"l":[1, {"x":"\udc00"},"y"],"":1}}
            """.Replace(",\"\":1", "", StringComparison.Ordinal)).Single;
        Assert.Equal(
            new Dictionary<string, string> { ["s"] = "téxt", ["n"] = "-1.50e3", ["t"] = "true", ["f"] = "false", ["o.a.b"] = "c", ["l"] = """[1, {"x":"\ufffd"},"y"]""" },
            e.Properties);
    }

    [Fact]
    public void Read_EmptyObjectsAsPhpWritesThem_AreEmpty() =>
        Assert.Empty(Batch.Read("""[{"event":"e","userId":"u","properties":[],"traits":[ ],"context":[]}]""").Single.Properties);

    [Fact]
    public void Read_Traits_HaveAPrefix() => Assert.Equal(
        new Dictionary<string, string> { ["traits.plan"] = "free", ["traits.address.city"] = "Ulm", ["plan"] = "x" },
        Batch.Read("""{"type":"identify","userId":"u","traits":{"plan":"free","address":{"city":"Ulm"}},"properties":{"plan":"x"}}""").Single.Properties);

    [Fact]
    public void Read_PageMembersOfATrack_AreItsPageAndStay()
    {
        var e = Batch.Read("""{"event":"e","anonymousId":"a","properties":{"path":"/p","title":"T","url":"https://h/p"}}""").Single;
        Assert.Equal(("/p", "T", "https://h/p"), (e.Page, e.Title, e.Url));
        Assert.Equal(new Dictionary<string, string> { ["path"] = "/p", ["title"] = "T", ["url"] = "https://h/p" }, e.Properties);
    }

    [Fact]
    public void Read_GroupAndAlias_KeepTheirIds()
    {
        Assert.Equal("g", Batch.Read("""{"type":"group","userId":"u","groupId":"g"}""").Single.Properties["groupId"]);
        Assert.Equal("p", Batch.Read("""{"type":"alias","userId":"u","previousId":"p"}""").Single.Properties["previousId"]);
        Assert.Equal("own", Batch.Read("""{"type":"group","userId":"u","groupId":"g","properties":{"groupId":"own"}}""").Single.Properties["groupId"]);
    }

    [Theory]
    [InlineData("x'); DROP TABLE events;--")]
    [InlineData("`")]
    [InlineData("<img src=x onerror=alert(1)>")]
    [InlineData("\u202e[2J")]
    public void Read_HostileNamesAndTexts_AreData(string text)
    {
        var json = System.Text.Json.JsonSerializer.Serialize(text);
        var e = Batch.Read($$$"""{"event":{{{json}}},"anonymousId":{{{json}}},"properties":{ {{{json}}}:{{{json}}} }}""").Single;
        Assert.Equal((text, text, text), (e.Event, e.VisitorId, e.Properties[text]));
    }
}

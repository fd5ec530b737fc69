using Tidemark.Local.Import;
using Tidemark.Local.Import.Rows;

namespace Tidemark.Local.Tests.Ndjson;

public sealed class NdjsonRowsTests
{
    private const string Good = """{"event":"e","anonymousId":"v","timestamp":"2024-05-01T10:00:00Z"}""";

    [Theory]
    [InlineData(Good + Good, "json")]
    [InlineData("""{"event":"e","anonymousId":"v","timestamp":"2024-05-01T10:00:00Z"} x""", "json")]
    [InlineData("""{"event":"e","anonymousId":7,"timestamp":"2024-05-01T10:00:00Z"}""", "type")]
    [InlineData("""{"event":"e","anonymousId":"v","timestamp":1714557600}""", "ts_number")]
    [InlineData("""{"event":"e","anonymousId":"v","timestamp":null}""", "ts_missing")]
    [InlineData("""{"event":"e","anonymousId":"v","timestamp":"9999-12-31"}""", "ts_range")]
    [InlineData("""{"event":"e","anonymousId":"\ud800","timestamp":"2024-05-01T10:00:00Z"}""", "utf8")]
    [InlineData("""{"event":"e","anonymousId":"v","userId":"a","userId":"b","timestamp":"2024-05-01T10:00:00Z"}""", "duplicate_key")]
    [InlineData("null", "json")]
    [InlineData("[1]", "json")]
    public void Read_BadLineBetweenGoodOnes_IsRejectedAlone(string bad, string code)
    {
        var result = ImportFixture.Read(ImportFormat.Ndjson, $"{Good}\n{bad}\n{Good}\n");
        Assert.Equal([1L, 3L], result.Events.Select(e => e.Line));
        Assert.Equal([$"2:{code}"], result.Rejected);
    }

    [Fact]
    public void Read_Array_GivesItsElementsWithTheLinesTheyBeginOn()
    {
        var result = ImportFixture.Read(ImportFormat.Ndjson, $"[\n{Good},\n{{\"event\":\"]}}\",\n\"anonymousId\":\"v\",\"timestamp\":\"2024-05-01T11:00:00Z\"}},7\n]\n");
        Assert.Equal([2L, 3L], result.Events.Select(e => e.Line));
        Assert.Equal("e ]}", result.Names);
        Assert.Equal(["4:json"], result.Rejected);
    }

    [Theory]
    [InlineData("[0,1,2,3,4]")]
    [InlineData("[0,1]\n[2]\n[3,4]")]
    [InlineData("[0]\n[]\n\n  [1,2,3]\r\n4")]
    [InlineData("0\n[1,2]\n3\n[4]")]
    [InlineData("[0,1,\n2,3\n,4]")]
    [InlineData("[0 1][2]\n3\n4")]
    public void Read_ArraysOnLines_EveryElementHasItsOwnPlace(string layout)
    {
        // In the file the times go down, so the order of sending is not that of the places.
        string Event(int i) => $$"""{"event":"e{{i}}","anonymousId":"v","timestamp":"2024-05-01T10:0{{9 - i}}:00Z"}""";
        var text = string.Concat(layout.Select(c => char.IsAsciiDigit(c) ? Event(c - '0') : c.ToString()));
        var result = ImportFixture.Read(ImportFormat.Ndjson, text);
        Assert.Equal("e4 e3 e2 e1 e0", result.Names);
        Assert.Equal(["5", "4", "3", "2", "1"], result.Events.Select(e => e.Event.Text("_place")));
        Assert.Empty(result.Rejected);
    }

    [Fact]
    public void Read_ArrayPerLine_BrokenLineIsRejectedAlone()
    {
        var result = ImportFixture.Read(ImportFormat.Ndjson, $"[{Good}]\n[{Good},{Good}\n[{Good},7]\n");
        Assert.Equal([1L, 3L], result.Events.Select(e => e.Line));
        Assert.Equal(["2:json", "3:json"], result.Rejected);
    }

    [Fact]
    public void Read_PlacesOfEvents_DoNotDependOnTheMapping()
    {
        const string Text = """
            {"event":"a","anonymousId":"v","timestamp":"2024-05-01T10:00:00Z","at":"2024-05-01T10:00:00Z"}
            nothing
            {"event":"b","anonymousId":"v","timestamp":"2024-05-01T10:01:00Z"}
            {"event":"c","anonymousId":"v","timestamp":"2024-05-01T10:02:00Z","at":"2024-05-01T10:02:00Z"}
            """;
        IEnumerable<string> Places(string map) => ImportFixture.Read(ImportFormat.Ndjson, Text, map).Events.Select(e => e.Event.Text("event") + e.Event.Text("_place"));
        Assert.Equal(["a1", "b3", "c4"], Places(""));
        Assert.Equal(["a1", "c4"], Places("timestamp=at"));
    }

    [Fact]
    public void Read_ArrayThatDoesNotEnd_IsRefused() =>
        Assert.Contains("cut", Assert.Throws<CommandFailedException>(() => ImportFixture.Read(ImportFormat.Ndjson, $"[{Good},{Good}")).Message, StringComparison.Ordinal);

    [Fact]
    public void Read_MapIntoObjects_TakesTheValues()
    {
        var result = ImportFixture.Read(
            ImportFormat.Ndjson,
            """{"event":"Sign up","properties":{"time":1714557600,"distinct_id":"d1","$insert_id":"m1","plan":"free"}}""",
            "timestamp=properties.time,anonymousId=properties.distinct_id,messageId=properties.$insert_id",
            TimeUnit.Seconds);
        var one = Assert.Single(result.Events);
        Assert.Equal(1714557600000, one.Time);
        Assert.Equal("2024-05-01T10:00:00.000Z", one.Event.Text("timestamp"));
        Assert.Equal(("d1", "m1", "free"), (one.Event.Text("anonymousId"), one.Event.Text("messageId"), one.Event.Text("properties", "plan")));
    }

    [Fact]
    public void Read_MessageIdTwice_FirstLineCountsWhateverItsTime()
    {
        string Line(string id, string time) => $$"""{"event":"{{time}}","anonymousId":"v","messageId":"{{id}}","timestamp":"2024-05-01T{{time}}:00Z"}""";
        var result = ImportFixture.Read(ImportFormat.Ndjson, string.Join('\n', Line("m", "12:00"), Line("m", "11:00"), Line("", "10:00"), Line("", "10:00")));
        Assert.Equal("10:00 10:00 12:00", result.Names);
        Assert.Equal(1, result.Duplicates);
    }

    [Fact]
    public void Read_OwnMemberNamedPlace_DoesNotPassForThePlace()
    {
        var one = Assert.Single(ImportFixture.Read(ImportFormat.Ndjson, "\n" + """{"_place":99,"event":"e","anonymousId":"v","timestamp":"2024-05-01T10:00:00Z"}""").Events);
        Assert.Equal("1", one.Event.Text("_place"));
    }
}

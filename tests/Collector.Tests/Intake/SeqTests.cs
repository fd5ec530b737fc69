namespace Tidemark.Collector.Tests.Intake;

/// <summary>An event's place in what brought it.</summary>
public sealed class SeqTests
{
    private const string Good = """{"event":"e","anonymousId":"a","timestamp":"2026-05-04T11:00:00Z"}""";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Seq_IsTheIndexInTheRequest_RefusedNeighboursIncluded(bool history)
    {
        Assert.Equal([0, 2, 3], Seqs($"[{Good},1,{Good},{Good}]", history));
        Assert.Equal([0, 2, 3], Seqs($"{Good}\n1\n\n{Good}\n{Good}", history));
        Assert.Equal([0], Seqs(Good, history));
    }

    [Fact]
    public void Seq_OfAnImport_IsThePlaceInTheFile()
    {
        var body = string.Join('\n', Stored("\"_place\":7"), Stored("\"_place\":3000000000"), Good, Stored("\"_place\":0"));
        Assert.Equal([2, 3, 7, int.MaxValue], Seqs(body, history: true, "i", placeIds: true).Order());
        // Who does not identify events by their place has not said that the member means one.
        Assert.Equal([0, 1, 2, 3], Seqs(body, history: true, "i"));
        Assert.Equal([0, 1, 2, 3], Seqs(body, history: false));
    }

    [Fact]
    public void Seq_OfAnExportedEvent_IsTheOneItHad()
    {
        var body = string.Join('\n', Stored("\"_place\":7,\"_stored\":{\"seq\":5}"), Stored("\"_place\":8,\"_stored\":{\"seq\":-1}"), Stored("\"_place\":9,\"_stored\":{\"seq\":\"4\"}"));
        Assert.Equal([5, 8, 9], Seqs(body, history: true, "i", placeIds: true));
        Assert.Equal([0, 1, 2], Seqs(body, history: false));
    }

    private static string Stored(string members) => $$"""{{{members}},"event":"e","anonymousId":"a","timestamp":"2026-05-04T11:00:00Z"}""";

    private static IEnumerable<int> Seqs(string body, bool history, string import = "", bool placeIds = false) =>
        Batch.Read(body, history, import, placeIds).Events.Select(e => e.Seq);
}

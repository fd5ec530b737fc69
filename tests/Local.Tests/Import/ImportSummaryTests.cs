using Tidemark.Local.Import;
using Tidemark.Local.Import.Rows;
using Tidemark.Local.Import.Sending;
using Tidemark.Local.Import.Sorting;

namespace Tidemark.Local.Tests.Import;

public sealed class ImportSummaryTests
{
    [Fact]
    public void Write_RejectedLines_SaysReasonsWithCountsAndSmallestLines()
    {
        var text = Written(new ImportOutcome("id", new ImportState(2, 0, 3, 1), 5, 0, AlreadyThere: false), rows =>
        {
            foreach (var line in Enumerable.Range(1, 30).Reverse())
                rows.Reject(line, Rejection.TimeFormat);
            rows.Reject(7, Rejection.NoIdentity);
        });
        Assert.Contains("ts_format: the time is not ISO 8601; lines 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, …", text, StringComparison.Ordinal);
        Assert.Contains("no_identity: neither anonymousId nor userId; line 7\n", text, StringComparison.Ordinal);
        Assert.Contains("rejected   31 lines", text, StringComparison.Ordinal);
        Assert.Contains("late       3", text, StringComparison.Ordinal);
        Assert.True(text.IndexOf("ts_format", StringComparison.Ordinal) < text.IndexOf("no_identity", StringComparison.Ordinal), "most frequent first");
    }

    [Fact]
    public void Write_LinesThatTheCollectorRefused_CountAsOneLineEach()
    {
        var text = Written(new ImportOutcome("id", new ImportState(2, 0, 0, 1), 2, 0, AlreadyThere: false), rows =>
        {
            for (var line = 1; line <= 3; line++)
                rows.Accept(0, line, "{}"u8);
            rows.Reject(4, Rejection.TimeFormat);
            // Found by the collector, in the third line.
            rows.Rejected.Add("text_too_long", 3);
        });
        Assert.Contains("imported 2 events of 4 lines", text, StringComparison.Ordinal);
        Assert.Contains("rejected   2 lines", text, StringComparison.Ordinal);
        Assert.Contains("text_too_long: a text that is too long; line 3", text, StringComparison.Ordinal);
    }

    /// <summary>Stored, duplicates that the sessionizer counted, late; sent and passed over now; and what has to be said of them.</summary>
    [Theory]
    [InlineData(156, 0, 0, 0, 200, "already imported: 156 events", "the file gives 200 events now and 156 were taken then", "import --undo id")]
    [InlineData(150, 0, 6, 0, 200, "already imported: 150 events", "the file gives 200 events now and 156 were taken then", "late       6")]
    [InlineData(200, 0, 0, 0, 200, "nothing was changed", "all 200 events that the file gives now were taken then", "--import-id NAME")]
    [InlineData(156, 44, 0, 200, 0, "imported 156 events", "duplicates 44 events were stored before", "import --undo ID")]
    [InlineData(0, 200, 0, 200, 0, "imported 0 events", "duplicates 200 events were stored before", "import --undo ID")]
    [InlineData(156, 0, 0, 200, 0, "imported 156 events", "too late   44 events came after the end of the same import", "import --undo id")]
    [InlineData(244, 0, 0, 200, 0, "imported 244 events", "foreign    44 events are of an earlier run", "import --undo id")]
    [InlineData(100, 60, 0, 100, 50, "there      50 events", "duplicates 50 events were stored before", "import --undo ID")]
    public void Write_EventsThatWereThereBefore_AreCountedWithReasonAndRemedy(
        long stored, long duplicates, long late, long accepted, long passedOver, string first, string second, string third)
    {
        var text = Written(new ImportOutcome("id", new ImportState(stored, duplicates, late, 1), accepted, passedOver, AlreadyThere: accepted == 0), _ => { });
        foreach (var said in new[] { first, second, third })
            Assert.Contains(said, text, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_RunThatWasRepeatedWithNothingChanged_SaysNothingOfDuplicates()
    {
        // The copies of the run that was stopped are no loss.
        var text = Written(new ImportOutcome("id", new ImportState(200, 120, 0, 1), 200, 0, AlreadyThere: false), _ => { });
        Assert.Equal("imported 200 events of 0 lines in 1.0 s (import id)\nsessions   1\n", text);
    }

    [Fact]
    public void Write_NamedImportThatEnded_SaysThatTheNameIsTaken()
    {
        var text = Written(new ImportOutcome("id", new ImportState(2, 0, 0, 1), 0, 3, AlreadyThere: true), _ => { }, isNamed: true);
        Assert.Contains("an import of this name has ended", text, StringComparison.Ordinal);
        Assert.Contains("to import another file, give it a name of its own", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_TablesUnknown_DoesNotClaimThatAllCanBeQueried() =>
        Assert.Contains("may still be filling", Written(new ImportOutcome("id", null, 2, 0, AlreadyThere: false), _ => { }), StringComparison.Ordinal);

    private static string Written(ImportOutcome outcome, Action<RowSink> fill, bool isNamed = false)
    {
        using var content = new FileContent(new EventSorter(Path.GetTempPath()), null!, "id", isNamed);
        var rows = new RowSink(content.Events);
        fill(rows);
        var output = new StringWriter { NewLine = "\n" };
        ImportSummary.Write(output, content with { Rows = rows }, outcome, TimeSpan.FromSeconds(1));
        return output.ToString();
    }
}

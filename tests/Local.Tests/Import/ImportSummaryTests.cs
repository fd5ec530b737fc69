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
        var text = Written(new ImportOutcome("id", new ImportState(2, 0, 3, 1), 2, AlreadyThere: false), rows =>
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
        var text = Written(new ImportOutcome("id", new ImportState(2, 0, 0, 1), 2, AlreadyThere: false), rows =>
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

    [Fact]
    public void Write_ImportedBefore_SaysThatNothingWasChanged() =>
        Assert.Contains("nothing was changed", Written(new ImportOutcome("id", new ImportState(2, 0, 0, 1), 0, AlreadyThere: true), _ => { }), StringComparison.Ordinal);

    [Fact]
    public void Write_TablesUnknown_DoesNotClaimThatAllCanBeQueried() =>
        Assert.Contains("may still be filling", Written(new ImportOutcome("id", null, 2, AlreadyThere: false), _ => { }), StringComparison.Ordinal);

    private static string Written(ImportOutcome outcome, Action<RowSink> fill)
    {
        using var content = new FileContent(new EventSorter(Path.GetTempPath()), null!, "id");
        var rows = new RowSink(content.Events);
        fill(rows);
        var output = new StringWriter { NewLine = "\n" };
        ImportSummary.Write(output, content with { Rows = rows }, outcome, TimeSpan.FromSeconds(1));
        return output.ToString();
    }
}

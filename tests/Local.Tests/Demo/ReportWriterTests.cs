using Tidemark.Local.Demo.Report;

namespace Tidemark.Local.Tests.Demo;

public sealed class ReportWriterTests
{
    private static readonly Question Asked = new("What?", "SELECT 1");

    /// <summary>Shorter texts first, then the last columns: never a folded header, a part of a number or of a time, a broken row.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Write_WideAnswer_FitsTheLine(bool isTerminal)
    {
        AnswerColumn[] columns =
        [
            AnswerColumn.Of("visitor_id", "String"), AnswerColumn.Of("started_at", "DateTime64(3, 'UTC')"), AnswerColumn.Of("a_number_of_a_name", "UInt64"),
            AnswerColumn.Of("entry_page", "LowCardinality(String)"), AnswerColumn.Of("another_number", "Float64"), AnswerColumn.Of("last", "String"),
        ];
        string[] row = [new string('v', 60), "2024-05-01 10:00:00.000", "18446744073709551615", "/short", "0.25", "x"];
        var output = new StringWriter { NewLine = "\n" };
        new ReportWriter(output, isTerminal).Write(Asked, new Answer(columns, [row, [.. row.Select(static _ => "1")]]));
        var lines = output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.All(lines, static l => Assert.True(Visible(l) <= 80, l));
        var text = output.ToString();
        Assert.Contains("vvvvv…", text, StringComparison.Ordinal);
        Assert.Contains("2024-05-01 10:00:00.000", text, StringComparison.Ordinal);
        Assert.Contains("18446744073709551615", text, StringComparison.Ordinal);
        Assert.Contains("(no room for another_number, last)", text, StringComparison.Ordinal);
        // Title, header, rule, two rows, query and what was left out; a frame adds its two edges.
        Assert.Equal(isTerminal ? 9 : 7, lines.Length);
    }

    [Fact]
    public void Write_AnswerThatFits_IsShownWhole()
    {
        var output = new StringWriter { NewLine = "\n" };
        new ReportWriter(output, isTerminal: false).Write(Asked, new Answer([AnswerColumn.Of("page", "String"), AnswerColumn.Of("n", "UInt64")], [["/pricing", "12"]]));
        Assert.Equal("\n## What?\npage       n\n--------  --\n/pricing  12\n   SELECT 1\n", output.ToString());
    }

    private static int Visible(string line) => System.Text.RegularExpressions.Regex.Replace(line, "\u001b\\[[0-9;]*m", "").Length;
}

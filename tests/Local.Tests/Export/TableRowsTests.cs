using Tidemark.Local.Export;

namespace Tidemark.Local.Tests.Export;

public sealed class TableRowsTests
{
    [Fact]
    public void Cut_DaysOfAProject_AreTogetherUpToTheSizeOfASlice()
    {
        TableSlice Day(string project, int day, long rows) => new(project, $"2024-05-0{day}", $"2024-05-0{day}", rows);
        var slices = TableRows.Cut([Day("a", 1, 100_000), Day("a", 2, 0), Day("a", 3, 100_000), Day("a", 4, 1), Day("a", 5, 900_000), Day("b", 5, 1), Day("b", 6, 1), Day("c", 1, 0)]);
        Assert.Equal(
            [
                new TableSlice("a", "2024-05-01", "2024-05-03", 200_000), Day("a", 4, 1), Day("a", 5, 900_000),
                new TableSlice("b", "2024-05-05", "2024-05-06", 2),
            ],
            slices);
    }
}

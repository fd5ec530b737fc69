using Tidemark.Local.Export;

namespace Tidemark.Local.Tests.Export;

public sealed class ExportCountsTests
{
    [Fact]
    public void Parse_WhatToTextWrote_IsTheSame()
    {
        var counts = ExportCounts.Parse(new ExportCounts { Events = 1, Outside = 2, Late = 3, TooLong = 4, Projects = ["a", "b-2"] }.ToText())!;
        Assert.Equal((1, 2, 3, 4), (counts.Events, counts.Outside, counts.Late, counts.TooLong));
        Assert.Equal(["a", "b-2"], counts.Projects);
        Assert.Empty(ExportCounts.Parse(new ExportCounts().ToText())!.Projects);
    }

    [Theory]
    [InlineData("")]
    [InlineData("1,2,3")]
    [InlineData("1,2,3,x")]
    public void Parse_CutAnswer_IsNone(string text) => Assert.Null(ExportCounts.Parse(text));
}

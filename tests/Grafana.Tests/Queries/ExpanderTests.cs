namespace Tidemark.Grafana.Tests.Queries;

/// <summary>The expander against what the plugin's own documentation and tests say.</summary>
public sealed class ExpanderTests
{
    private static readonly PickedRange Range = new(
        DateTimeOffset.Parse("2026-11-01T00:00:00.250Z"), DateTimeOffset.Parse("2026-11-02T12:00:00.750Z"), 900);

    private static readonly Variable One = new("project", ["local"], Multi: true);
    private static readonly Variable Two = new("project", ["o'brien", "say \"hi\""], Multi: true);
    private static readonly Variable All = new("project", ["a", "b"], Multi: true, All: true);

    [Theory]
    [InlineData("$__fromTime", "toDateTime(1793491200)")]
    [InlineData("$__toTime", "toDateTime(1793620800)")]
    [InlineData("$__fromTime_ms", "fromUnixTimestamp64Milli(1793491200250)")]
    [InlineData("$__toTime_ms", "fromUnixTimestamp64Milli(1793620800750)")]
    [InlineData("f($__fromTime_ms, 'UTC')", "f(fromUnixTimestamp64Milli(1793491200250), 'UTC')")]
    [InlineData("$__timeFilter(t)", "t >= toDateTime(1793491200) AND t <= toDateTime(1793620800)")]
    [InlineData("$__timeFilter_ms(t)", "t >= fromUnixTimestamp64Milli(1793491200250) AND t <= fromUnixTimestamp64Milli(1793620800750)")]
    [InlineData("$__dateFilter(d)", "d >= toDate('2026-11-01') AND d <= toDate('2026-11-02')")]
    [InlineData("$__timeInterval(toDateTime(t))", "toStartOfInterval(toDateTime(toDateTime(t)), INTERVAL 900 second)")]
    [InlineData("$__timeInterval_ms(t)", "toStartOfInterval(toDateTime64(t, 3), INTERVAL 900000 millisecond)")]
    [InlineData("n / $__interval_s", "n / 900")]
    public void Expand_Macro_BecomesWhatThePluginSends(string sql, string expected) => Assert.Equal(expected, Expander.Expand(sql, Range));

    [Fact]
    public void Expand_Variable_IsQuotedAsAsked()
    {
        Assert.Equal("IN ('local')", Expander.Expand("IN (${project:sqlstring})", Range, One));
        Assert.Equal("""IN ('o''brien','say \"hi\"')""", Expander.Expand("IN (${project:sqlstring})", Range, Two));
        Assert.Equal("'o%27brien%5C%20%24x'", Expander.Expand("'${v:percentencode}'", Range, new Variable("v", ["o'brien\\ $x"], Multi: false)));
        Assert.Throws<InvalidDataException>(() => Expander.Expand("$other", Range, One));
        Assert.Throws<InvalidDataException>(() => Expander.Expand("$__timefilter(t)", Range, One));
    }

    [Fact]
    public void Expand_ConditionalAll_IsTheConditionUnlessAllIsChosen()
    {
        const string Sql = "WHERE $__conditionalAll(project IN (${project:sqlstring}), $project) AND x";
        Assert.Equal("WHERE project IN ('local') AND x", Expander.Expand(Sql, Range, One));
        Assert.Equal("WHERE 1=1 AND x", Expander.Expand(Sql, Range, All));
        Assert.Equal("['a','b']", Expander.Expand("[${project:sqlstring}]", Range, All));
    }
}

using System.Text.RegularExpressions;
using Tidemark.Grafana.Tests.Dashboards;

namespace Tidemark.Grafana.Tests.Queries;

/// <summary>What each kind of panel needs of an answer.</summary>
internal static partial class Shapes
{
    internal static void Check(Panel panel, Frame frame, PickedRange range)
    {
        switch (panel.Type)
        {
            case "timeseries":
                TimeSeries(panel, frame, range);
                break;
            case "stat":
                Stat(panel, frame, range);
                break;
            case "table":
                Assert.All(frame.Columns, column => Assert.True(column.IsTime || column.IsNumber || column.IsText || column.IsBool, $"{panel}: {column}"));
                break;
            default:
                Assert.Fail($"{panel}: {panel.Type} has no check");
                break;
        }
        var names = frame.Columns.Select(column => column.Name).ToList();
        foreach (var matcher in panel.Overrides.Select(o => o.GetProperty("matcher")).Where(m => m.GetProperty("id").GetString() == "byName"))
            Assert.Contains(matcher.GetProperty("options").GetString(), names);
        // A link to a column that is not there would lead to the column's name.
        foreach (Match field in Field().Matches(panel.Json.GetRawText()))
            Assert.Contains(field.Groups[1].Value, names);
    }

    // One time column, the rest numbers, buckets in order, each once, none missing, all of them in the range.
    private static void TimeSeries(Panel panel, Frame frame, PickedRange range)
    {
        var time = Assert.Single(frame.Columns, column => column.IsTime);
        Assert.All(frame.Columns.Where(column => column != time), column => Assert.True(column.IsNumber, $"{panel}: {column}"));
        var times = frame.Values(time.Name).Cast<DateTimeOffset>().ToList();
        Assert.True(times.Count > 1, $"{panel} is no line");
        for (var i = 1; i < times.Count; i++)
            Assert.Equal(range.IntervalSeconds, (times[i] - times[i - 1]).TotalSeconds);
        Assert.InRange(times[0], range.From.AddSeconds(-range.IntervalSeconds), range.From);
        Assert.InRange(times[^1], range.To.AddSeconds(-2.0 * range.IntervalSeconds), range.To.AddMilliseconds(-1));
    }

    // With a comparison two rows, the period before first; else one value.
    private static void Stat(Panel panel, Frame frame, PickedRange range)
    {
        if (!panel.Json.GetProperty("options").GetProperty("showPercentChange").GetBoolean())
        {
            var only = Assert.Single(frame.Columns);
            Assert.True(only.IsNumber || only.IsTime, $"{panel}: {only}");
            Assert.Single(frame.Rows);
            return;
        }
        Assert.True(frame.Columns is [{ IsTime: true }, { IsNumber: true }], $"{panel}: {string.Join(", ", frame.Columns)}");
        var from = DateTimeOffset.FromUnixTimeMilliseconds(range.From.ToUnixTimeMilliseconds());
        var to = DateTimeOffset.FromUnixTimeMilliseconds(range.To.ToUnixTimeMilliseconds());
        Assert.Equal([from - (to - from), from], frame.Rows.Select(row => row[0]).Cast<DateTimeOffset>());
    }

    [GeneratedRegex(@"\$\{__data\.fields\.(\w+)")]
    private static partial Regex Field();
}

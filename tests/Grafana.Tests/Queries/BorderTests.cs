using Tidemark.Grafana.Tests.Engines;

namespace Tidemark.Grafana.Tests.Queries;

/// <summary>The range's borders, to the millisecond, of every panel; by hand, and by rows that must make no difference.</summary>
[Collection(nameof(Engine))]
public sealed class BorderTests(Engine engine)
{
    // In the middle of hours and days, and less than a day ago: open sessions are forgotten after one.
    private static readonly PickedRange Range = Picked(DateTimeOffset.UtcNow.AddHours(-2));

    [Fact]
    public async Task What_lies_outside_makes_no_difference_to_any_panel_and_neither_does_the_servers_time_zone()
    {
        var (database, client) = await engine.NewDatabaseAsync();
        using var _ = client;
        var rows = new HandMade(engine, database, Range);
        await rows.InsideAsync("p");
        var inside = await PanelRun.LinesAsync(client, Range, ["p"], "a");
        Assert.All(inside, panel => Assert.True(panel.Value.Length > 0, $"{panel.Key} shows nothing"));

        foreach (var zone in new[] { "America/New_York", "Asia/Kolkata" })
            AssertSame(inside, await PanelRun.LinesAsync(client, Range, ["p"], "a", zone), zone);

        await rows.OutsideAsync("p");
        AssertSame(inside, await PanelRun.LinesAsync(client, Range, ["p"], "a"), "outside");
    }

    [Fact]
    public async Task Numbers_at_the_borders_are_the_ones_worked_out_by_hand()
    {
        var (database, client) = await engine.NewDatabaseAsync();
        using var _ = client;
        var rows = new HandMade(engine, database, Range);
        await rows.InsideAsync("p");
        await rows.OutsideAsync("p");
        var panels = await PanelRun.LinesAsync(client, Range, ["p"], "a");

        void Compared(string title, string before, string now) =>
            Assert.Equal([before, now], panels[$"overview: {title}"].Select(line => line.Split('|')[1]));
        Compared("Sessions", "2", "3");
        Compared("Active visitors", "2", "2");
        Compared("Page views", "2", "3");
        Compared("Events", "6", "9");
        Compared("Errors", "2", "3");
        Compared("Pages per session", "1", "1");
        Compared("Actions per session", "1", "1");
        // Nothing to compare with: not a number, so that no percentage is shown.
        Compared("Bounce rate", "NaN", "0.3333");
        Compared("Median duration", "150", "20");
        Compared("p90 duration", "190", "28");
        Compared("Average duration", "150", "20");
        Compared("Sessions with errors", "1", "1");

        // Sums over the buckets: sessions and those before; page views, actions, errors, other and all before.
        Assert.Equal([3, 2], Sums(panels["overview: Sessions over time"]));
        Assert.Equal([3, 3, 3, 0, 6], Sums(panels["overview: Events over time"]));
        Assert.Equal(["/home|3|2|0.5|2"], panels["overview: Top pages"]);
        Assert.Equal(["example.com||3|2|0.5|0.3333|20"], panels["overview: Referrers and campaigns"]);
        Assert.Equal(["mobile|3|2|0.5|0.3333"], panels["overview: Kinds of devices"]);
        Assert.Equal([$"error|boom|/home|3|2|0.5|2|{Range.To.AddMilliseconds(-1):yyyy-MM-dd HH:mm:ss.fff}"], panels["overview: Errors by message and page"]);

        Assert.Equal(["3"], panels["live: Open sessions"]);
        Assert.Equal(["2"], panels["live: Visitors"]);
        Assert.Equal(["1"], panels["live: Active in the last 5 minutes"]);
        Assert.Equal(["3"], panels["live: Events in the last minute"]);
        Assert.Equal(["20"], panels["live: Median length so far"]);
        // Ended in the range: its first two, and the one that began a millisecond before it; its last ends half a minute after it.
        Assert.Equal(3, panels["live: Latest sessions"].Length);
        Assert.Equal(6, panels["visitor: Timeline"].Length);
        Assert.Equal(2, panels["visitor: Sessions"].Length);
    }

    [Fact]
    public async Task All_projects_are_the_sum_of_each()
    {
        var (database, client) = await engine.NewDatabaseAsync();
        using var _ = client;
        var rows = new HandMade(engine, database, Range);
        await rows.InsideAsync("p");
        await rows.InsideAsync("q");
        await rows.InsideAsync("r");
        var two = await PanelRun.LinesAsync(client, Range, ["p", "q"], "a");
        Assert.Equal(["4", "6"], two["overview: Sessions"].Select(line => line.Split('|')[1]));
        Assert.Equal(["12", "18"], two["overview: Events"].Select(line => line.Split('|')[1]));
        Assert.Equal(["4", "4"], two["overview: Active visitors"].Select(line => line.Split('|')[1]));
        Assert.Equal(["6"], two["live: Open sessions"]);
        AssertSame(
            await PanelRun.LinesAsync(client, Range, ["p", "q", "r"], "a"), await PanelRun.LinesAsync(client, Range, ["p", "q", "r"], "a", all: true), "all");
    }

    private static void AssertSame(SortedDictionary<string, string[]> expected, SortedDictionary<string, string[]> actual, string what)
    {
        foreach (var (panel, lines) in expected)
            Assert.True(lines.SequenceEqual(actual[panel]), $"{panel} ({what}, {Range}) shows\n{string.Join('\n', actual[panel])}\ninstead of\n{string.Join('\n', lines)}");
    }

    private static double[] Sums(string[] lines) =>
        [.. lines.Select(line => line.Split('|')[1..].Select(double.Parse).ToArray()).Aggregate((sum, row) => [.. sum.Zip(row, (a, b) => a + b)])];

    private static PickedRange Picked(DateTimeOffset to)
    {
        var end = DateTimeOffset.FromUnixTimeMilliseconds(to.ToUnixTimeMilliseconds() / 3600_000 * 3600_000).AddMinutes(-10).AddMilliseconds(1789);
        return new(end - new TimeSpan(0, 3, 20, 10, 456), end, 1);
    }
}

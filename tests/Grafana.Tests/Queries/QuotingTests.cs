using Tidemark.Grafana.Tests.Dashboards;
using Tidemark.Grafana.Tests.Engines;

namespace Tidemark.Grafana.Tests.Queries;

/// <summary>Names that are no names: what stands in a variable stays a text, whatever it is. Visitors' ids come from anybody on the internet.</summary>
[Collection(nameof(Engine))]
public sealed class QuotingTests(Engine engine)
{
    private static readonly DateTimeOffset To = DateTimeOffset.FromUnixTimeSeconds(DateTimeOffset.UtcNow.ToUnixTimeSeconds() - 3600);
    private static readonly PickedRange Range = new(To.AddHours(-3), To, 1);

    private static readonly string[] Visitors =
        ["it's", "a\\", "\\' OR 1=1 --", "') OR 1=1 --", "say \"hi\"", "$__fromTime", "${project}", "100%41", "%27", "ü 名", "a+b", "a,b", "{a,b}", "line\nbreak", "!*()"];

    [Fact]
    public async Task A_project_with_a_quote_in_its_name_is_shown_and_cannot_break_out()
    {
        var (database, client) = await engine.NewDatabaseAsync();
        using var _ = client;
        var rows = new HandMade(engine, database, Range);
        await rows.InsideAsync("p");
        var plain = await PanelRun.LinesAsync(client, Range, ["p"], "a");
        await rows.InsideAsync("o'brien \"&\" sons");
        var quoted = await PanelRun.LinesAsync(client, Range, ["o'brien \"&\" sons"], "a");
        foreach (var (panel, lines) in plain)
            Assert.Equal(lines, quoted[panel].Select(line => line.Replace("o'brien \"&\" sons", "p", StringComparison.Ordinal)));

        foreach (var attempt in new[] { "x') OR 1=1 --", "x'] OR 1=1 --", "' OR ''='", "x', 'p" })
        {
            var panels = await PanelRun.LinesAsync(client, Range, [attempt], "a");
            Assert.Equal(["0", "0"], panels["overview: Events"].Select(line => line.Split('|')[1].Replace("NaN", "0", StringComparison.Ordinal)));
            Assert.Equal(["0"], panels["live: Open sessions"]);
            Assert.Empty(panels["live: Latest sessions"]);
            Assert.Empty(panels["overview: Top pages"]);
            Assert.Empty(panels["visitor: Timeline"]);
        }
    }

    [Fact]
    public async Task A_visitor_is_found_by_any_id_and_nobody_else_with_him()
    {
        var (database, client) = await engine.NewDatabaseAsync();
        using var _ = client;
        var rows = new HandMade(engine, database, Range);
        foreach (var visitor in Visitors)
            await rows.MomentAsync("p", visitor, Range.From.AddMinutes(1), seconds: 10);
        var panels = DashboardFile.Named("visitor").Panels.ToDictionary(panel => panel.Title, panel => Assert.Single(panel.Sql));
        foreach (var visitor in Visitors)
        {
            async Task<Frame> ShownAsync(string panel) => await client.QueryAsync(
                Expander.Expand(panels[panel], Range, new Variable("project", ["p"], Multi: false), new Variable("visitor", [visitor], Multi: false)));
            Assert.Equal(3, (await ShownAsync("Timeline")).Rows.Count);
            Assert.Equal(["3"], (await ShownAsync("Events")).Lines());
            Assert.Equal(["1"], (await ShownAsync("Closed sessions")).Lines());
            Assert.Single((await ShownAsync("Sessions")).Rows);
        }
    }
}

using Tidemark.Grafana.Tests.Dashboards;
using Tidemark.Grafana.Tests.Engines;

namespace Tidemark.Grafana.Tests.Queries;

/// <summary>Every query of every panel and variable over the demo's day, asked as the plugin asks.</summary>
[Collection(nameof(Demo))]
public sealed class DemoTests(Demo demo)
{
    private static readonly TimeSpan AtLeast = TimeSpan.FromHours(12);
    private static readonly Variable Project = new("project", ["local"], Multi: true, All: true);

    public static TheoryData<string, string> Panels()
    {
        var data = new TheoryData<string, string>();
        foreach (var panel in DashboardFile.All().SelectMany(file => file.Panels).Where(panel => panel.Sql.Any()))
            data.Add(panel.Dashboard, panel.Title);
        return data;
    }

    [Theory]
    [MemberData(nameof(Panels))]
    public async Task A_panels_query_answers_with_the_shape_that_the_panel_shows(string dashboard, string title)
    {
        var file = DashboardFile.Named(dashboard);
        var panel = file.Panels.Single(p => p.Title == title);
        var to = DateTimeOffset.UtcNow;
        // At night half an hour of the shop may see no session end.
        var length = file.Range > AtLeast ? file.Range : AtLeast;
        var range = PickedRange.For(to - length, to, panel);
        foreach (var sql in panel.Sql)
        {
            var expanded = Expander.Expand(sql, range, await VariablesAsync(file));
            var frame = await demo.Client.QueryAsync(expanded);
            Assert.True(frame.Rows.Count > 0, $"{panel} has nothing to show:\n{expanded}");
            Shapes.Check(panel, frame, range);
        }
    }

    [Fact]
    public async Task A_variables_query_answers_with_one_column_of_texts()
    {
        foreach (var variable in DashboardFile.All().SelectMany(file => file.Variables).Where(v => v.GetProperty("type").GetString() == "query"))
        {
            var frame = await demo.Client.QueryAsync(variable.GetProperty("query").GetProperty("rawSql").GetString()!);
            Assert.True(Assert.Single(frame.Columns).IsText);
            Assert.Equal(["local"], frame.Lines());
        }
    }

    private async Task<Variable[]> VariablesAsync(DashboardFile file)
    {
        if (file.Name != "visitor")
            return [Project];
        // Whoever has a closed session: the demo's live visitors have open ones.
        var visitor = await demo.Client.QueryAsync("SELECT visitor_id FROM sessions WHERE project = 'local' ORDER BY errors DESC, session_id LIMIT 1");
        return [Project with { Multi = false, All = false }, new Variable("visitor", [visitor.Lines()[0]], Multi: false)];
    }
}

using Tidemark.Grafana.Tests.Dashboards;

namespace Tidemark.Grafana.Tests.Queries;

/// <summary>All panels of dashboards over one range, as lines to compare.</summary>
internal static class PanelRun
{
    internal static async Task<SortedDictionary<string, string[]>> LinesAsync(PluginClient client, PickedRange range, string[] projects, string visitor, string? timeZone = null, bool all = false)
    {
        var lines = new SortedDictionary<string, string[]>(StringComparer.Ordinal);
        foreach (var panel in DashboardFile.All().SelectMany(file => file.Panels))
        {
            var single = panel.Dashboard == "visitor";
            foreach (var sql in panel.Sql)
            {
                var frame = await client.QueryAsync(
                    Expander.Expand(
                        sql,
                        PickedRange.For(range.From, range.To, panel),
                        new Variable("project", single ? projects[..1] : projects, Multi: !single, All: all && !single),
                        new Variable("visitor", [visitor], Multi: false)),
                    timeZone);
                // Rows of one millisecond may come in any order.
                lines.Add(panel.ToString(), [.. frame.Lines().Order(StringComparer.Ordinal)]);
            }
        }
        return lines;
    }
}

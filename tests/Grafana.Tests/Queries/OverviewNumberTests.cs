using Tidemark.Grafana.Tests.Dashboards;
using Tidemark.Grafana.Tests.Engines;

namespace Tidemark.Grafana.Tests.Queries;

/// <summary>The numbers of the Overview over the demo's day against plain SQL on the raw tables, the period before included.</summary>
[Collection(nameof(Demo))]
public sealed class OverviewNumberTests(Demo demo)
{
    private const string Sessions =
        "(SELECT session_id, started_at, dateDiff('millisecond', started_at, ended_at) AS ms, pages, actions, errors, bounce FROM session_rows GROUP BY ALL HAVING sum(sign) = 1)";

    private static readonly (string Title, string Value, string Table, string Time)[] Numbers =
    [
        ("Events", "count()", "events", "occurred_at"),
        ("Page views", "countIf(kind = 'page')", "events", "occurred_at"),
        ("Errors", "countIf(kind = 'error')", "events", "occurred_at"),
        ("Active visitors", "uniqExact(visitor_id)", "events", "occurred_at"),
        ("Sessions", "count()", Sessions, "started_at"),
        ("Pages per session", "round(sum(pages) / count(), 2)", Sessions, "started_at"),
        ("Actions per session", "round(sum(actions) / count(), 2)", Sessions, "started_at"),
        ("Bounce rate", "round(countIf(bounce) / count(), 4)", Sessions, "started_at"),
        ("Sessions with errors", "round(countIf(errors > 0) / count(), 4)", Sessions, "started_at"),
        ("Average duration", "round(sum(ms) / count() / 1000, 1)", Sessions, "started_at"),
        // The middle one of an odd number, the mean of the two middle ones of an even one.
        ("Median duration", "round((arraySort(groupArray(ms))[intDiv(count() + 1, 2)] + arraySort(groupArray(ms))[intDiv(count(), 2) + 1]) / 2000, 1)", Sessions, "started_at"),
        ("p90 duration", "round(quantileExactInclusive(0.9)(ms) / 1000, 1)", Sessions, "started_at"),
    ];

    [Fact]
    public void Every_number_of_the_overview_is_compared() =>
        Assert.Equal(
            DashboardFile.Named("overview").Panels.Where(panel => panel.Type == "stat").Select(panel => panel.Title).Order(), Numbers.Select(number => number.Title).Order());

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Numbers_equal_plain_sql_on_raw_tables(int seed)
    {
        // Live traffic is in the newest minutes: the ranges end before it.
        var random = new Random(seed);
        var newest = DateTimeOffset.UtcNow.AddMinutes(-15);
        var to = DateTimeOffset.FromUnixTimeMilliseconds(newest.ToUnixTimeMilliseconds() - random.NextInt64(3 * 3600_000));
        // One whole number of hours, as most pickers have it; the others to the millisecond. Long enough for sessions at night, too.
        var length = seed == 1 ? TimeSpan.FromHours(9) : TimeSpan.FromMilliseconds(random.NextInt64(3 * 3600_000, 9 * 3600_000));
        var range = new PickedRange(to - length, to, 1);
        var panels = DashboardFile.Named("overview").Panels.Where(panel => panel.Type == "stat").ToDictionary(panel => panel.Title, panel => Assert.Single(panel.Sql));
        foreach (var (title, number, table, time) in Numbers)
        {
            var shown = await demo.Client.QueryAsync(Expander.Expand(panels[title], range, new Variable("project", ["local"], Multi: true)));
            var (before, from, end) = ((range.From - length).ToUnixTimeMilliseconds(), range.From.ToUnixTimeMilliseconds(), range.To.ToUnixTimeMilliseconds());
            foreach (var (row, since, until) in new[] { (0, before, from), (1, from, end) })
            {
                var plain = await demo.Client.QueryAsync(
                    $"SELECT toFloat64({number}) AS number FROM {table} WHERE toUnixTimestamp64Milli({time}) >= {since} AND toUnixTimestamp64Milli({time}) < {until}");
                // Nothing before is not a number: there is no percentage of it.
                var expected = (double)plain.Rows[0][0]! is var exact && row == 0 && exact == 0 ? double.NaN : exact;
                var value = (double)shown.Rows[row][1]!;
                Assert.True(
                    double.IsNaN(expected) ? double.IsNaN(value) : Math.Abs(expected - value) < 1e-6,
                    $"seed {seed}, {range}: {title}, row {row}: shown {value}, by plain SQL {expected}");
            }
        }
    }
}

using System.Globalization;
using Spectre.Console;
using Tidemark.Local.Sql;

namespace Tidemark.Local.Demo;

/// <summary>Asks the main views about the demo's day and prints their answers as tables.</summary>
internal sealed class DemoReport(SqlClient sql, IAnsiConsole console, DateTimeOffset from, DateTimeOffset to)
{
    private static readonly (string Title, string Query)[] Questions =
    [
        ("The latest sessions (view sessions)",
            """
            SELECT replaceRegexpOne(visitor_id, '^demo-[0-9]+-[0-9]+-', '') AS visitor, formatDateTime(started_at, '%H:%i:%S') AS started, formatReadableTimeDelta(intDiv(duration_ms, 1000), 'minutes') AS duration,
                   events, pages, errors, entry_page, exit_page, device, utm_source AS source
            FROM sessions WHERE project = 'local' AND lane = 'history' AND started_at >= {t0:DateTime64(3, 'UTC')} AND events > 1 ORDER BY started_at DESC, session_id LIMIT 8
            """),
        ("Overview (view overview)",
            """
            SELECT toDate(period_start) AS day, sessions, visitors, round(bounce_rate * 100, 1) AS bounce_percent, round(avg_duration_s) AS avg_s,
                   round(pages_per_session, 2) AS pages_per_session, events, errors
            FROM overview(project = 'local', period = 'day', t0 = {t0:DateTime64(3, 'UTC')}, t1 = {t1:DateTime64(3, 'UTC')}) ORDER BY period_start
            """),
        ("How many came back within the day",
            """
            SELECT least(visits, 4) AS visits_at_least, count() AS visitors
            FROM (SELECT visitor_id, count() AS visits FROM sessions WHERE project = 'local' AND lane = 'history' AND started_at >= {t0:DateTime64(3, 'UTC')} GROUP BY visitor_id)
            GROUP BY visits_at_least ORDER BY visits_at_least
            """),
        ("Where they come from (view sources)",
            """
            SELECT source, campaign, sessions, visitors, round(bounce_rate * 100, 1) AS bounce_percent, round(actions_per_session, 2) AS actions_per_session
            FROM sources(project = 'local', t0 = {t0:DateTime64(3, 'UTC')}, t1 = {t1:DateTime64(3, 'UTC')}, top = 8)
            """),
        ("From product to order (view funnel)",
            """
            SELECT step, step_name, visitors, round(rate_from_start * 100, 1) AS percent_of_start, round(rate_from_previous * 100, 1) AS percent_of_previous, dropped
            FROM funnel(project = 'local', steps = ['Product Viewed', 'Product Added', 'Checkout Started', 'Order Completed'], window_s = 86400,
                        t0 = {t0:DateTime64(3, 'UTC')}, t1 = {t1:DateTime64(3, 'UTC')}) ORDER BY step
            """),
        ("What the green button changed (view experiment)",
            """
            SELECT variant, visitors, reached, round(rate * 100, 1) AS percent, round(lift * 100, 1) AS lift_percent, round(p_value, 4) AS p_value
            FROM experiment(project = 'local', experiment = 'checkout-button', control = 'control', goal = 'Order Completed',
                            t0 = {t0:DateTime64(3, 'UTC')}, t1 = {t1:DateTime64(3, 'UTC')}) ORDER BY variant
            """),
        ("Errors (view errors)",
            """
            SELECT error, message, page, occurrences, visitors
            FROM errors(project = 'local', t0 = {t0:DateTime64(3, 'UTC')}, t1 = {t1:DateTime64(3, 'UTC')}, top = 5)
            """),
        ("On the site now (view live_sessions)",
            "SELECT current_page, count() AS visitors, sum(events) AS events FROM live_sessions WHERE project = 'local' GROUP BY current_page ORDER BY visitors DESC, current_page LIMIT 6"),
    ];

    public async Task PrintAsync(CancellationToken cancellation)
    {
        foreach (var (title, query) in Questions)
            await PrintAsync(title, query, cancellation);
    }

    private async Task PrintAsync(string title, string query, CancellationToken cancellation)
    {
        // The first row brings the columns' names.
        var rows = await sql.TryRowsAsync($"{query} FORMAT TSVRawWithNames", cancellation, ("t0", Time(from)), ("t1", Time(to)))
            ?? throw new CommandFailedException($"the query behind '{title}' was refused or the engine went away");
        var table = new Table { Border = TableBorder.Rounded, Title = new TableTitle(Markup.Escape(title)), ShowRowSeparators = false };
        foreach (var name in rows[0])
            table.AddColumn(new TableColumn(Markup.Escape(name)).NoWrap());
        foreach (var row in rows.Skip(1))
            table.AddRow(row.Select(value => Markup.Escape(Quoted.Text(value, 48))).ToArray());
        console.Write(table);
    }

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.fff", CultureInfo.InvariantCulture);
}

using System.Globalization;
using Tidemark.Local.Demo.Traffic;

namespace Tidemark.Local.Demo.Report;

/// <summary>What the demo asks, in the order in which it shows the answers.</summary>
internal static class Questions
{
    /// <param name="day">The day that was sent.</param>
    /// <param name="now">End of what is looked at; live events are before it.</param>
    /// <param name="gap">The inactivity gap the sessions are cut at.</param>
    public static IReadOnlyList<Question> About(Day day, DateTimeOffset now, TimeSpan gap)
    {
        var (t0, t1) = (Time(day.Start), Time(now.AddSeconds(1)));
        var range = $"project = 'local', t0 = '{t0}', t1 = '{t1}'";
        var gapSeconds = (long)Math.Ceiling(gap.TotalSeconds);
        return
        [
            new("What arrived?",
                "SELECT lane, count() AS events, uniqExact(visitor_id) AS visitors, toDateTime(min(occurred_at)) AS first, toDateTime(max(occurred_at)) AS last FROM events WHERE project = 'local' GROUP BY lane ORDER BY lane DESC"),
            new("Which sessions came of it?",
                "SELECT count() AS sessions, uniqExact(visitor_id) AS visitors, sum(events) AS events, sum(pages) AS pages, sum(actions) AS actions, sum(errors) AS errors, round(avg(duration_ms) / 60000, 1) AS minutes FROM sessions WHERE project = 'local'"),
            new("The latest sessions",
                "SELECT visitor_id, formatDateTime(started_at, '%H:%i') AS began, intDiv(duration_ms, 1000) AS seconds, events, entry_page, exit_page, device FROM sessions WHERE project = 'local' ORDER BY started_at DESC, session_id LIMIT 10"),
            new("Who is there right now?",
                "SELECT visitor_id, formatDateTime(started_at, '%H:%i') AS began, events, entry_page, current_page, device FROM live_sessions WHERE project = 'local' ORDER BY last_event_at DESC, visitor_id LIMIT 8"),
            new("Overview, hour by hour",
                $"SELECT formatDateTime(period_start, '%H:%i') AS hour, sessions, visitors, bounce_rate, errors, bar(sessions, 0, 150, 20) AS curve FROM overview({range}, period = 'hour')"),
            new("Where do they come from?", $"SELECT source, campaign, sessions, visitors, bounce_rate, avg_duration_s FROM sources({range}, top = 8)"),
            new("Which pages are seen most?", $"SELECT * FROM top_pages({range}, top = 8)"),
            new("Funnel: from product to purchase",
                $"SELECT step, step_name, visitors, rate_from_start, dropped FROM funnel({range}, steps = ['product_viewed', 'add_to_cart', 'checkout', 'purchase'], window_s = 86400)"),
            new("Paths: the first steps of a visit",
                $"SELECT * FROM paths({range}, gap_s = {gapSeconds}, max_steps = 2, min_sessions = 12) ORDER BY step, sessions DESC LIMIT 7 BY step"),
            new("Which errors did they run into?", $"SELECT error, message, page, occurrences, visitors FROM errors({range}, top = 6)"),
            new($"Experiment: does the {Shop.Experiment} sell more?",
                $"SELECT variant, visitors, reached, rate, lift, p_value FROM experiment({range}, experiment = '{Shop.Experiment}', control = '{Shop.Variants[0]}', goal = 'purchase')"),
            new("Retention: who came back on the next day?",
                $"SELECT * FROM retention(project = 'local', period = 'day', t0 = '{Date(day.Start)}', t1 = '{Date(now.AddDays(1))}', max_periods = 7)"),
        ];
    }

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    private static string Date(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}

using Tidemark.Grafana.Tests.Engines;

namespace Tidemark.Grafana.Tests.Queries;

/// <summary>Rows on the borders of a range, few enough to work out by hand what every panel has to show.</summary>
internal sealed class HandMade(Engine engine, string database, PickedRange range)
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(1);

    private int _ids;

    private DateTimeOffset Before => range.From - (range.To - range.From);

    /// <summary>Three moments of the range, its first and last millisecond among them, and two of the period before, likewise.</summary>
    internal async Task InsideAsync(string project)
    {
        await MomentAsync(project, "a", range.From, seconds: 10, bounce: true);
        await MomentAsync(project, "b", range.From.AddMinutes(100), seconds: 20);
        await MomentAsync(project, "a", range.To - Tick, seconds: 30);
        await MomentAsync(project, "a", Before, seconds: 100);
        await MomentAsync(project, "c", range.From - Tick, seconds: 200);
    }

    /// <summary>What must not count: just after the range, just before the period before it, another project, and sessions that were taken back.</summary>
    internal async Task OutsideAsync(string project)
    {
        await MomentAsync(project, "a", range.To, seconds: 7);
        await MomentAsync(project, "d", range.To + Tick, seconds: 8, bounce: true);
        await MomentAsync(project, "e", Before - Tick, seconds: 9);
        await InsideAsync("other");
        foreach (var at in new[] { range.From, Before, range.To - Tick })
        {
            await SessionAsync(project, 999, "f", at, 5, false, sign: 1);
            await SessionAsync(project, 999, "f", at, 5, false, sign: -1);
        }
    }

    /// <summary>A page view, an action and an error of a visitor, in a session that begins then, and an open session that did something then.</summary>
    internal async Task MomentAsync(string project, string visitor, DateTimeOffset at, int seconds, bool bounce = false)
    {
        var id = ++_ids;
        var head = $"{Sql(project)}, {Sql(visitor)}, {Time(at)}, now64(3)";
        await engine.ExecuteAsync(
            database,
            "INSERT INTO events (project, visitor_id, occurred_at, received_at, event_id, type, kind, event, page, referrer, device, properties) VALUES "
            + $"({head}, {3 * id}, 'page', 'page', '', '/home', 'https://www.example.com/x', 'mobile', map()), "
            + $"({head}, {3 * id + 1}, 'track', 'action', 'buy', '', '', 'mobile', map('price', '3')), "
            + $"({head}, {3 * id + 2}, 'track', 'error', 'error', '/home', '', 'mobile', map('message', 'boom'))");
        await SessionAsync(project, id, visitor, at, seconds, bounce, sign: 1);
        await engine.ExecuteAsync(
            database,
            "INSERT INTO live_session_rows (project, session_id, revision, deleted, visitor_id, started_at, last_event_at, events, pages, actions, errors, entry_page, current_page, device, updated_at) VALUES "
            + $"({Sql(project)}, {1000 + id}, 1, 0, {Sql(visitor)}, {Time(at.AddSeconds(-seconds))}, {Time(at)}, 3, 1, 1, 1, '/home', '/home', 'mobile', now64(3))");
    }

    private Task SessionAsync(string project, int id, string visitor, DateTimeOffset at, int seconds, bool bounce, int sign) => engine.ExecuteAsync(
        database,
        "INSERT INTO session_rows (project, session_id, visitor_id, version, sign, started_at, ended_at, events, pages, actions, errors, entry_page, exit_page, referrer, device, bounce, emitted_at) VALUES "
        + $"({Sql(project)}, {id}, {Sql(visitor)}, 1, {sign}, {Time(at)}, {Time(at.AddSeconds(seconds))}, 3, 1, 1, 1, '/home', '/home', 'https://www.example.com/x', 'mobile', {(bounce ? 1 : 0)}, now64(3))");

    private static string Time(DateTimeOffset at) => $"fromUnixTimestamp64Milli({at.ToUnixTimeMilliseconds()}, 'UTC')";

    private static string Sql(string text) => $"'{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal)}'";
}

using System.Globalization;
using Tidemark.Aggregator.Tests.Engine;
using Tidemark.Aggregator.Verification;
using Tidemark.Contracts.Events;

namespace Tidemark.Aggregator.Tests.Analytics;

/// <summary>
/// The first and the last time that the doors accept are counted in their own hour and day by every rollup, and no view wraps a time around, whatever it is asked for.
/// </summary>
public sealed class TimeRangeTests(EngineFixture engine) : IClassFixture<EngineFixture>, IAsyncLifetime
{
    private static readonly string[] _times = [Text(EventTimes.EarliestMs), "2026-05-04 10:00:00.000", Text(EventTimes.LatestMs)];

    private TestDatabase _database = null!;

    public static TheoryData<string, string> Ranges => new()
    {
        { "1970-01-01", "2106-01-01" },
        { "1900-01-01", "2299-12-31" },
        { "1900-01-01", "2026-05-05" },
        { "2026-05-04", "2299-12-31" },
        { "1970-01-01", "2026-05-05" },
    };

    public async Task InitializeAsync()
    {
        _database = await TestDatabase.MigratedAsync(engine);
        foreach (var time in _times)
        {
            await _database.ExecuteAsync(
                $"INSERT INTO events (project, event_id, visitor_id, kind, event, page, occurred_at, received_at) VALUES ('p', 1, 'v', 'page', '', '/p', '{time}', now())");
            await _database.ExecuteAsync(
                $"INSERT INTO session_rows (project, session_id, visitor_id, version, sign, started_at, ended_at, events, pages, entry_page, exit_page, emitted_at) VALUES ('p', 1, 'v', 1, 1, '{time}', '{time}', 1, 1, '/p', '/p', now())");
        }
    }

    public Task DisposeAsync()
    {
        _database.Dispose();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task Rollups_HoldEveryTimeThatIsAccepted()
    {
        string[] hours = ["1970-01-01 00:00:00|1", "2026-05-04 10:00:00|1", "2105-12-31 23:00:00|1"];
        Assert.Equal(hours, await _database.LinesAsync("SELECT hour, sum(events_hour.events) FROM events_hour GROUP BY hour ORDER BY hour"));
        Assert.Equal(hours, await _database.LinesAsync("SELECT hour, sum(sessions_hour.sessions) FROM sessions_hour GROUP BY hour ORDER BY hour"));
        Assert.Equal(
            ["1970-01-01|1", "2026-05-04|1", "2105-12-31|1"], await _database.LinesAsync("SELECT day, sum(visitor_day.events) FROM visitor_day GROUP BY day ORDER BY day"));
        foreach (var rollup in Rollup.All)
        {
            var (from, to) = rollup.Buckets(EventTimes.EarliestMs, EventTimes.LatestMs);
            var wrong = await _database.Client.QueryAsync(rollup.CountWrong, default, ("param_from", Text(from)), ("param_to", Text(to)));
            Assert.Equal("0", wrong.Trim());
        }
    }

    [Theory]
    [MemberData(nameof(Ranges))]
    public async Task Views_AskedForAnyRange_CountWhatLiesInIt(string t0, string t1)
    {
        var within = _times.Count(time => string.CompareOrdinal(time, t0) >= 0 && string.CompareOrdinal(time, t1) < 0).ToString(CultureInfo.InvariantCulture);
        var range = $"t0 = '{t0}', t1 = '{t1}'";
        foreach (var sql in new[]
        {
            $"SELECT count() FROM events WHERE occurred_at >= '{t0}' AND occurred_at < '{t1}'",
            $"SELECT count() FROM sessions WHERE started_at >= '{t0}' AND started_at < '{t1}'",
            $"SELECT count() FROM visitor_timeline(project = 'p', visitor = 'v', {range})",
            $"SELECT events FROM events_compared(projects = ['p'], {range}) WHERE period = 'now'",
            $"SELECT sum(events) FROM events_over_time(projects = ['p'], {range}, step_s = 604800)",
            $"SELECT views FROM pages_compared(projects = ['p'], {range}, top = 1)",
            $"SELECT views FROM top_pages(project = 'p', {range}, top = 1)",
            $"SELECT visitors * {within} FROM visitors_compared(projects = ['p'], {range}) WHERE period = 'now'",
            $"SELECT sessions FROM sessions_compared(projects = ['p'], {range}) WHERE period = 'now'",
            $"SELECT sum(sessions) FROM sessions_over_time(projects = ['p'], {range}, step_s = 604800)",
            $"SELECT sum(sessions) FROM devices_compared(projects = ['p'], {range})",
            $"SELECT sum(sessions) FROM sources_compared(projects = ['p'], {range}, top = 9)",
            $"SELECT sum(sessions) FROM sources(project = 'p', {range}, top = 9)",
            $"SELECT sum(sessions) FROM overview(project = 'p', period = 'month', {range})",
            $"SELECT sum(entries) FROM page_ends(project = 'p', {range})",
            $"SELECT sum(transitions) + 1 FROM transitions(project = 'p', {range})",
            $"SELECT sum(sessions) FROM paths(project = 'p', gap_s = 1800, max_steps = 2, min_sessions = 1, {range})",
            $"SELECT anyIf(visitors, step = 1) * {within} FROM funnel(project = 'p', steps = ['/p', 'never'], window_s = 60, {range})",
        })
        {
            Assert.True(within == await _database.ScalarAsync(sql), $"{sql}: {await _database.ScalarAsync(sql)}, not {within}");
        }
    }

    [Fact]
    public async Task Retention_ReachesFromTheFirstDayToTheLast() => Assert.Equal(
        ["1970-01-01|0|1", "1970-01-01|20577|1", "1970-01-01|49672|1"],
        await _database.LinesAsync("SELECT cohort, period_no, visitors FROM retention(project = 'p', period = 'day', t0 = '1970-01-01', t1 = '2106-01-01', max_periods = 60000)"));

    private static string Text(long ms) => DateTimeOffset.FromUnixTimeMilliseconds(ms).ToString("yyyy-MM-dd HH:mm:ss.fff", CultureInfo.InvariantCulture);
}

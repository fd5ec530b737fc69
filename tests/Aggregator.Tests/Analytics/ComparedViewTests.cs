using Tidemark.Aggregator.Tests.Engine;

namespace Tidemark.Aggregator.Tests.Analytics;

/// <summary>
/// Views that set a range beside the period before, on rows that can be worked out by hand: the range is 4 May 10:30 to 12:30, the period before 08:30 to 10:30; one insert per
/// event, merges stopped, so that whole hours come from unmerged rollups and cut hours from the events.
/// </summary>
public sealed class ComparedViewTests(EngineFixture engine) : IClassFixture<EngineFixture>, IAsyncLifetime
{
    private const string Range = "projects = ['p', 'q'], t0 = '2026-05-04 10:30:00', t1 = '2026-05-04 12:30:00'";

    private TestDatabase _database = null!;

    public async Task InitializeAsync()
    {
        _database = await TestDatabase.MigratedAsync(engine);
        // Before: its first millisecond, a whole hour, its last millisecond. One millisecond earlier is nowhere.
        await AddAsync("p", "a", "08:29:59.999", "page", "/home");
        await AddAsync("p", "a", "08:30:00.000", "page", "/home");
        await AddAsync("p", "b", "09:15:00.000", "error", "/shop");
        await AddAsync("q", "b", "10:29:59.999", "page", "/shop");
        // The range: its first millisecond, a whole hour twice, its last millisecond. Its end is outside, and so is another project.
        await AddAsync("p", "a", "10:30:00.000", "page", "/home");
        await AddAsync("p", "a", "11:00:00.000", "page", "/home");
        await AddAsync("p", "c", "11:59:59.999", "action", "");
        await AddAsync("q", "c", "12:29:59.999", "page", "/shop");
        await AddAsync("p", "d", "12:30:00.000", "page", "/home");
        await AddAsync("other", "a", "11:00:00.000", "page", "/home");

        await SessionAsync("p", 1, "a", "08:29:59.999", 60, 1, "/", "");
        await SessionAsync("p", 2, "a", "08:30:00.000", 60, 0, "https://www.google.com/", "");
        await SessionAsync("q", 3, "b", "10:29:59.999", 20, 1, "", "news");
        await SessionAsync("p", 4, "a", "10:30:00.000", 10, 0, "https://google.com/x", "");
        await SessionAsync("p", 5, "c", "11:00:00.000", 30, 1, "", "news");
        await SessionAsync("q", 6, "c", "12:29:59.999", 80, 0, "", "news");
        await SessionAsync("p", 7, "d", "12:30:00.000", 90, 0, "", "");
        // Taken back: what it had said counts nowhere.
        await SessionAsync("p", 8, "d", "11:10:00.000", 5, 1, "", "");
        await SessionAsync("p", 8, "d", "11:10:00.000", 5, 1, "", "", sign: -1);
    }

    public Task DisposeAsync()
    {
        _database.Dispose();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task EventsCompared_AreExactAtTheBorders()
    {
        Assert.Equal(
            ["before|2026-05-04 08:30:00.000|3|2|0|1", "now|2026-05-04 10:30:00.000|4|3|1|0"], await RowsAsync($"SELECT * FROM events_compared({Range})"));
        Assert.Equal(
            ["before|2|1|0|1", "now|3|2|1|0"],
            await RowsAsync($"SELECT period, events, page_views, actions, errors FROM events_compared({Range.Replace(", 'q'", "", StringComparison.Ordinal)})"));
        Assert.Equal(["before|0", "now|0"], await RowsAsync($"SELECT period, events FROM events_compared({Range.Replace("'p', 'q'", "", StringComparison.Ordinal)})"));
    }

    [Fact]
    public async Task EventsCompared_TakeWholeHoursFromTheRollup()
    {
        // A rollup that says something else shows which hours are read from it: 9 and 11, not the three that the borders cut.
        await _database.ExecuteAsync("INSERT INTO events_hour (project, hour, kind, page, events) SELECT 'p', toDateTime('2026-05-04 08:00:00', 'UTC') + INTERVAL number HOUR, 'page', '/home', 100 FROM numbers(6)");
        Assert.Equal(["103", "104"], await RowsAsync($"SELECT events FROM events_compared({Range})"));
        Assert.Equal(["/home|102|101"], await RowsAsync($"SELECT page, views, views_before FROM pages_compared({Range}, top = 1)"));
        // 10:30 to 13:30: 11 and 12 are whole, in the period before 8 and 9; two events more than in the shorter range, of 12:30 and 8:29.
        Assert.Equal(
            ["205|204"],
            await RowsAsync("SELECT sum(events), sum(events_before) FROM events_over_time(projects = ['p', 'q'], t0 = '2026-05-04 10:30:00', t1 = '2026-05-04 13:30:00', step_s = 3600)"));
        // Half hours cannot come from it.
        Assert.Equal(["4|3"], await RowsAsync($"SELECT sum(events), sum(events_before) FROM events_over_time({Range}, step_s = 1800)"));
    }

    [Fact]
    public async Task VisitorsCompared_AreDistinctInTheirProject()
    {
        Assert.Equal(["before|3", "now|3"], await RowsAsync($"SELECT period, visitors FROM visitors_compared({Range})"));
        // Over whole days the rollup answers: a visitor that only it knows is counted, on a day that no border cuts.
        await _database.ExecuteAsync("INSERT INTO visitor_day (project, day, visitor_id, events) VALUES ('p', '2026-05-03', 'z', 1), ('p', '2026-05-04', 'y', 1)");
        Assert.Equal(["before|0", "now|6"], await RowsAsync("SELECT period, visitors FROM visitors_compared(projects = ['p'], t0 = '2026-05-02 12:00:00', t1 = '2026-05-05 12:00:00')"));
    }

    [Fact]
    public async Task SessionsCompared_AreTheNetOfTheirRows()
    {
        Assert.Equal(
            ["before|2026-05-04 08:30:00.000|2|1|2|0.5|1|40|40|56|2|1", "now|2026-05-04 10:30:00.000|3|1|3|0.3333|1|40|30|70|2|1"],
            await RowsAsync($"SELECT * FROM sessions_compared({Range})"));
        Assert.Equal(
            ["before|0|\\N|\\N", "now|0|\\N|\\N"],
            await RowsAsync("SELECT period, sessions, bounce_rate, median_duration_s FROM sessions_compared(projects = ['p'], t0 = '2026-06-01', t1 = '2026-06-02')"));
    }

    [Fact]
    public async Task OverTime_BucketsAreFilledAndThePeriodBeforeIsMovedOntoThem()
    {
        Assert.Equal(
            ["10:30:00|1|1|0|1", "11:00:00|1|1|0|1", "11:30:00|1|0|1|0", "12:00:00|1|1|0|1"],
            await RowsAsync($"SELECT formatDateTime(time, '%T'), events, page_views, actions, events_before FROM events_over_time({Range}, step_s = 1800)"));
        Assert.Equal(
            ["10:00:00|1|1|0|1", "11:00:00|2|1|1|1", "12:00:00|1|1|0|1"],
            await RowsAsync($"SELECT formatDateTime(time, '%T'), events, page_views, actions, events_before FROM events_over_time({Range}, step_s = 3600)"));
        Assert.Equal(
            ["10:00:00|1|0|10|1|0|60", "11:00:00|1|1|30|0|0|\\N", "12:00:00|1|0|80|1|1|20"],
            await RowsAsync($"SELECT formatDateTime(time, '%T'), sessions, bounces, median_duration_s, sessions_before, bounces_before, median_duration_before_s FROM sessions_over_time({Range}, step_s = 3600)"));
        // Two hours of five minutes, empty ones too.
        Assert.Equal(["24"], await RowsAsync($"SELECT count() FROM sessions_over_time({Range}, step_s = 300)"));
    }

    [Fact]
    public async Task PagesCompared_CountViews()
    {
        Assert.Equal(["/home|2|1|1|1", "/shop|1|1|0|1"], await RowsAsync($"SELECT * FROM pages_compared({Range}, top = 10)"));
        Assert.Equal(["/home|2|1|1|2"], await RowsAsync("SELECT * FROM pages_compared(projects = ['p', 'q'], t0 = '2026-05-04 10:59:59.999', t1 = '2026-05-04 12:30:00.001', top = 1)"));
    }

    [Fact]
    public async Task SourcesAndDevicesCompared_CountSessions()
    {
        Assert.Equal(
            ["news||2|1|1|2|0.5|55|1", "google.com||1|1|0|1|0|10|1"], await RowsAsync($"SELECT * FROM sources_compared({Range}, top = 10)"));
        Assert.Equal(["(unknown)|3|2|0.5|0.3333|30"], await RowsAsync($"SELECT * FROM devices_compared({Range})"));
    }

    [Fact]
    public async Task ErrorsCompared_ByMessageAndPage()
    {
        Assert.Empty(await RowsAsync($"SELECT * FROM errors_compared({Range}, top = 10)"));
        Assert.Equal(
            ["|boom|/shop|1|0|\\N|1|2026-05-04 09:15:00.000"],
            await RowsAsync("SELECT * FROM errors_compared(projects = ['p'], t0 = '2026-05-04 09:15:00', t1 = '2026-05-04 09:15:00.001', top = 10)"));
    }

    [Theory]
    [InlineData("events_compared({0})")]
    [InlineData("visitors_compared({0})")]
    [InlineData("pages_compared({0}, top = 10)")]
    [InlineData("events_over_time({0}, step_s = 3600)")]
    public async Task Compared_ReadOfTheEventsOnlyTheDaysThatABorderCuts(string view)
    {
        // The condition has to reach the table's key; written otherwise it gives the same numbers and reads the whole range.
        var plan = string.Join('\n', await RowsAsync("EXPLAIN indexes = 1 SELECT * FROM " + string.Format(view, Range)));
        Assert.Contains("(toDate(occurred_at) in ", plan, StringComparison.Ordinal);
    }

    private Task<string[]> RowsAsync(string sql) => _database.LinesAsync(sql);

    private Task AddAsync(string project, string visitor, string at, string kind, string page) => _database.ExecuteAsync(
        "INSERT INTO events (project, event_id, visitor_id, kind, page, occurred_at, received_at, properties) VALUES "
        + $"('{project}', rand64(), '{visitor}', '{kind}', '{page}', '2026-05-04 {at}', now(), {(kind == "error" ? "map('message', 'boom')" : "map()")})");

    private Task SessionAsync(string project, int id, string visitor, string at, int seconds, int bounce, string referrer, string source, int sign = 1) => _database.ExecuteAsync(
        "INSERT INTO session_rows (project, session_id, visitor_id, version, sign, started_at, ended_at, events, pages, actions, errors, referrer, utm_source, bounce, emitted_at) SELECT "
        + $"'{project}', {id}, '{visitor}', 1, {sign}, toDateTime64('2026-05-04 {at}', 3, 'UTC') AS t, t + INTERVAL {seconds} SECOND, 4, 2, 1, 1, '{referrer}', '{source}', {bounce}, now()");
}

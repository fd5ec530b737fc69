using Tidemark.Aggregator.Tests.Engine;

namespace Tidemark.Aggregator.Tests.Analytics;

/// <summary>Views over signed session rows: every version and retraction in an insert of its own, merges stopped.</summary>
public sealed class SessionViewTests(EngineFixture engine) : IClassFixture<EngineFixture>, IAsyncLifetime
{
    private const string Range = "t0 = '2026-05-01', t1 = '2026-06-01'";

    private TestDatabase _database = null!;

    public async Task InitializeAsync()
    {
        _database = await TestDatabase.MigratedAsync(engine);
        // s1 goes out, s9 goes out, then a late event joins them: both are retracted, s1 comes again as version 2.
        const string S1 = "1, 'a', 1, {0}, '2026-05-04 10:00:00', '2026-05-04 10:00:30', 2, 2, 0, 0, '/home', '/home', '', '', '', 0";
        const string S9 = "9, 'a', 1, {0}, '2026-05-04 10:01:00', '2026-05-04 10:10:00', 1, 1, 0, 0, '/shop', '/shop', '', '', '', 1";
        await AddAsync(string.Format(S1, 1));
        await AddAsync(string.Format(S9, 1));
        await AddAsync(string.Format(S1, -1));
        await AddAsync(string.Format(S9, -1));
        await AddAsync("1, 'a', 2, 1, '2026-05-04 10:00:00', '2026-05-04 10:02:00', 3, 2, 1, 0, '/home', '/shop', '', '', '', 0");
        await AddAsync("2, 'b', 1, 1, '2026-05-04 11:00:00', '2026-05-04 11:00:00', 1, 1, 0, 0, '/home', '/home', 'https://www.google.com/search?q=x', '', '', 1");
        await AddAsync("3, 'a', 1, 1, '2026-05-05 09:00:00', '2026-05-05 09:01:00', 2, 2, 0, 1, '/home', '/home', 'https://mail.example/', 'news', 'may', 0");
    }

    public Task DisposeAsync()
    {
        _database.Dispose();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task Sessions_AreTheNetOfTheirRows()
    {
        Assert.Equal(
            ["1|2|120000|3", "2|1|0|1", "3|1|60000|2"], await RowsAsync("SELECT session_id, version, duration_ms, events FROM sessions WHERE project = 'p' ORDER BY session_id"));
        Assert.Equal(["7"], await RowsAsync("SELECT count() FROM session_rows"));
    }

    [Fact]
    public async Task Sessions_FilteredOnAnyColumn_StayRight()
    {
        // Columns in which the retracted rows differ from the ones that hold: a filter must not meet a row without its retraction.
        Assert.Equal(["0"], await RowsAsync("SELECT count() FROM sessions WHERE exit_page = '/home' AND session_id = 1"));
        Assert.Equal(["0"], await RowsAsync("SELECT count() FROM sessions WHERE version = 1 AND session_id = 1"));
        Assert.Equal(["0"], await RowsAsync("SELECT count() FROM sessions WHERE session_id = 9"));
        Assert.Equal(["0"], await RowsAsync("SELECT count() FROM sessions WHERE ended_at = '2026-05-04 10:00:30'"));
        Assert.Equal(["1|2"], await RowsAsync("SELECT session_id, version FROM sessions WHERE project = 'p' AND visitor_id = 'a' AND started_at < '2026-05-05'"));
        Assert.Equal(["3"], await RowsAsync("SELECT count() FROM sessions"));
    }

    [Fact]
    public async Task SessionsHour_IsWeightedBySign()
    {
        Assert.Equal(
            ["2026-05-04 10:00:00|5|1|0|120000|3", "2026-05-04 11:00:00|1|1|1|0|1", "2026-05-05 09:00:00|1|1|0|60000|2"],
            await RowsAsync("SELECT hour, sum(rows), sum(r.sessions), sum(bounces), sum(duration_ms), sum(events) FROM sessions_hour AS r GROUP BY hour ORDER BY hour"));
    }

    [Fact]
    public async Task Overview_ByDay()
    {
        Assert.Equal(
            ["2026-05-04 00:00:00.000|2|2|0.5|60|60|1.5|4|1|0|0", "2026-05-05 00:00:00.000|1|1|0|60|60|2|2|0|1|1"],
            (await RowsAsync($"SELECT toDateTime64(period_start, 3, 'UTC'), * EXCEPT period_start FROM overview(project = 'p', period = 'day', {Range})")));
        Assert.Equal(["3|2"], await RowsAsync($"SELECT sessions, visitors FROM overview(project = 'p', period = 'month', {Range})"));
    }

    [Fact]
    public async Task Sources_CampaignThenReferrerThenDirect()
    {
        Assert.Equal(
            ["(direct)||1|1|0|120|1", "google.com||1|1|1|0|0", "news|may|1|1|0|60|0"], await RowsAsync($"SELECT * FROM sources(project = 'p', top = 10, {Range})"));
    }

    [Fact]
    public async Task PageEnds_EntriesExitsBounces()
    {
        Assert.Equal(["/home|3|2|1|0.3333", "/shop|0|1|0|0"], await RowsAsync($"SELECT * FROM page_ends(project = 'p', {Range})"));
    }

    [Fact]
    public async Task LiveSessions_AreTheHighestRevisions_WithoutDeletedAndForgottenOnes()
    {
        foreach (var row in new[] { "1, 5, 0, 3, now64(3)", "1, 4, 0, 2, now64(3)", "2, 1, 0, 1, now64(3)", "2, 2, 1, 1, now64(3)", "3, 1, 0, 1, now64(3) - INTERVAL 25 HOUR" })
            await _database.ExecuteAsync($"INSERT INTO live_session_rows (project, session_id, revision, deleted, events, last_event_at, started_at, updated_at) SELECT 'p', {row}, now64(3) - INTERVAL 26 HOUR, now()");
        Assert.Equal(["1|5|3"], await RowsAsync("SELECT session_id, revision, events FROM live_sessions WHERE project = 'p'"));
    }

    private Task<string[]> RowsAsync(string sql) => _database.LinesAsync(sql);

    private Task AddAsync(string row) => _database.ExecuteAsync(
        "INSERT INTO session_rows (project, session_id, visitor_id, version, sign, started_at, ended_at, events, pages, actions, errors, entry_page, exit_page, referrer, utm_source, utm_campaign, bounce, emitted_at) "
        + $"VALUES ('p', {row}, now())");
}

using Tidemark.Aggregator.Tests.Engine;

namespace Tidemark.Aggregator.Tests.Analytics;

/// <summary>Views over events and their rollups, on a day that can be worked out by hand; one insert per visitor, merges stopped.</summary>
public sealed class EventViewTests(EngineFixture engine) : IClassFixture<EngineFixture>, IAsyncLifetime
{
    private const string Range = "t0 = '2026-05-01', t1 = '2026-06-01'";

    private TestDatabase _database = null!;

    public async Task InitializeAsync()
    {
        _database = await TestDatabase.MigratedAsync(engine);
        // Monday the 4th. a: the way in order, and again the next day. b: buys before /shop, comes again after the gap, and next Monday. c: the same error twice.
        await AddAsync("a", ("05-04 10:00:00", "page", "", "/home"), ("05-04 10:01:00", "page", "", "/shop"), ("05-04 10:02:00", "action", "buy", ""), ("05-05 09:00:00", "page", "", "/home"));
        await AddAsync("b", ("05-04 11:00:00", "page", "", "/home"), ("05-04 10:00:00", "page", "", "/home"), ("05-04 10:06:00", "page", "", "/shop"));
        await AddAsync("b", ("05-04 10:05:00", "action", "buy", ""), ("05-11 10:00:00", "page", "", "/home"));
        await AddAsync("c", ("05-04 12:00:00", "error", "exception", "/shop"), ("05-04 12:10:00", "error", "exception", "/shop"));
        await _database.ExecuteAsync(
            "INSERT INTO events (project, event_id, visitor_id, kind, event, page, occurred_at, received_at) SELECT 'other', 1, 'a', 'page', '', '/home', '2026-05-04 10:00:00', now()");
    }

    public Task DisposeAsync()
    {
        _database.Dispose();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task Funnel_StepsInOrderWithinTheWindow()
    {
        Assert.Equal(
            ["1|/home|2|2|1|1|0", "2|/shop|2|2|1|1|0", "3|buy|1|2|0.5|0.5|1"],
            await RowsAsync($"SELECT * FROM funnel(project = 'p', steps = ['/home', '/shop', 'buy'], window_s = 600, {Range})"));
        // 60 s: a reaches /shop at exactly 60 s, buys at 120 s; b needs 360 s to /shop.
        Assert.Equal(
            ["2", "1", "0"],
            await RowsAsync($"SELECT visitors FROM funnel(project = 'p', steps = ['/home', '/shop', 'buy'], window_s = 60, {Range})"));
        Assert.Equal(
            ["2|2", "2|2", "0|0"],
            await RowsAsync($"SELECT visitors, visitors_open FROM funnel(project = 'p', steps = ['buy', '/home', 'never'], window_s = 4000000, {Range})"));
    }

    [Fact]
    public async Task Transitions_OfVisitors_CrossSessions()
    {
        Assert.Equal(
            [
                "/home|/home|1|1|0.3333", "/home|/shop|1|1|0.3333", "/home|buy|1|1|0.3333", "/shop|/home|1|1|0.5", "/shop|buy|1|1|0.5",
                "buy|/home|1|1|0.5", "buy|/shop|1|1|0.5", "exception|exception|1|1|1",
            ],
            await RowsAsync($"SELECT * FROM transitions(project = 'p', {Range})"));
    }

    [Fact]
    public async Task SessionTransitions_StopAtTheGap()
    {
        Assert.Equal(
            ["/home|/shop|1|1|0.5|60", "/home|buy|1|1|0.5|300", "/shop|buy|1|1|1|60", "buy|/shop|1|1|1|60", "exception|exception|1|1|1|600"],
            await RowsAsync($"SELECT * FROM session_transitions(project = 'p', gap_s = 1800, {Range})"));
        // The gap itself still belongs to the session: /shop 10:06 and /home 11:00 of b are 3,240 s apart.
        Assert.Equal(["1"], await RowsAsync($"SELECT count() FROM session_transitions(project = 'p', gap_s = 3240, {Range}) WHERE from_name = '/shop' AND to_name = '/home'"));
        Assert.Equal(["0"], await RowsAsync($"SELECT count() FROM session_transitions(project = 'p', gap_s = 3239, {Range}) WHERE from_name = '/shop' AND to_name = '/home'"));
    }

    [Fact]
    public async Task Paths_AreEdgesByStep_RepeatsAreOne()
    {
        Assert.Equal(
            ["1|/home|(end)|3|0.6", "1|/home|/shop|1|0.2", "1|/home|buy|1|0.2", "1|exception|(end)|1|1", "2|/shop|buy|1|1", "2|buy|/shop|1|1"],
            await RowsAsync($"SELECT * FROM paths(project = 'p', gap_s = 1800, max_steps = 2, min_sessions = 1, {Range})"));
        Assert.Equal(["1|/home|(end)|3|0.6"], await RowsAsync($"SELECT * FROM paths(project = 'p', gap_s = 1800, max_steps = 5, min_sessions = 2, {Range})"));
    }

    [Fact]
    public async Task Retention_ByDayAndByWeek()
    {
        Assert.Equal(
            ["2026-05-04|0|3|3|1", "2026-05-04|1|1|3|0.3333", "2026-05-04|7|1|3|0.3333"],
            await RowsAsync("SELECT * FROM retention(project = 'p', period = 'day', t0 = '2026-05-01', t1 = '2026-06-01', max_periods = 30)"));
        Assert.Equal(
            ["2026-05-04|0|3|3|1", "2026-05-04|1|1|3|0.3333"],
            await RowsAsync("SELECT * FROM retention(project = 'p', period = 'week', t0 = '2026-05-01', t1 = '2026-06-01', max_periods = 30)"));
        // All came before the 5th for the first time.
        Assert.Empty(await RowsAsync("SELECT * FROM retention(project = 'p', period = 'day', t0 = '2026-05-05', t1 = '2026-06-01', max_periods = 30)"));
    }

    /// <summary>Also where there is nothing to look at: an empty answer would pass for one.</summary>
    [Theory]
    [InlineData("SELECT * FROM retention(project = 'p', period = 'month', t0 = '2026-05-01', t1 = '2026-06-01', max_periods = 30)", "period is day or week")]
    [InlineData("SELECT * FROM retention(project = 'nobody', period = '', t0 = '2026-05-01', t1 = '2026-06-01', max_periods = 30)", "period is day or week")]
    [InlineData("SELECT * FROM funnel(project = 'p', steps = ['a','b','c','d','e','f','g','h','i'], window_s = 60, t0 = '2026-05-01', t1 = '2026-06-01')", "2 to 8")]
    [InlineData("SELECT * FROM funnel(project = 'nobody', steps = ['/home'], window_s = 60, t0 = '2026-05-01', t1 = '2026-06-01')", "2 to 8")]
    [InlineData("SELECT * FROM funnel(project = 'nobody', steps = [], window_s = 60, t0 = '2026-05-01', t1 = '2026-06-01')", "2 to 8")]
    public async Task Views_WhatTheyDoNotDo_IsRefused(string sql, string says) =>
        Assert.Contains(says, (await Assert.ThrowsAnyAsync<Exception>(() => RowsAsync(sql))).Message, StringComparison.Ordinal);

    [Fact]
    public async Task TopPages_CountViewsAndVisitors()
    {
        Assert.Equal(["/home|5|2|2.5", "/shop|2|2|1"], await RowsAsync($"SELECT * FROM top_pages(project = 'p', top = 10, {Range})"));
        Assert.Equal(["/home|3|2|1.5"], await RowsAsync("SELECT * FROM top_pages(project = 'p', top = 1, t0 = '2026-05-04 10:59:59', t1 = '2026-05-05')"));
    }

    [Fact]
    public async Task Errors_ByMessageAndPage()
    {
        Assert.Equal(
            ["exception|boom|/shop|2|1|2026-05-04 12:00:00.000|2026-05-04 12:10:00.000"], await RowsAsync($"SELECT * FROM errors(project = 'p', top = 10, {Range})"));
    }

    [Fact]
    public async Task VisitorTimeline_HasPauses()
    {
        Assert.Equal(
            ["2026-05-04 10:00:00.000|0||/home", "2026-05-04 10:01:00.000|60||/shop", "2026-05-04 10:02:00.000|60|buy|", "2026-05-05 09:00:00.000|82680||/home"],
            await RowsAsync($"SELECT occurred_at, pause_s, event, page FROM visitor_timeline(project = 'p', visitor = 'a', {Range})"));
    }

    [Fact]
    public async Task Experiment_CountsVisitorsByTheVariantTheySaw()
    {
        // Control: 1 of 4 reaches the goal; b: 3 of 4. One saw both; one of a's reached it before the exposure only.
        await ExposeAsync("a", ("x1", "buy after"), ("x2", ""), ("x3", ""), ("x4", "buy before"));
        await ExposeAsync("b", ("y1", "buy after"), ("y2", "buy after"), ("y3", "buy after"), ("y4", ""));
        await ExposeAsync("a", ("both", "buy after"));
        await ExposeAsync("b", ("both", ""));
        Assert.Equal(
            ["a|4|1|0.25|0.0456|0.6994|0|1", "b|4|3|0.75|0.3006|0.9544|2|0.1573"],
            await RowsAsync($"SELECT * FROM experiment(project = 'p', experiment = 'checkout', control = 'a', goal = 'buy', {Range})"));
    }

    private Task<string[]> RowsAsync(string sql) => _database.LinesAsync(sql);

    private Task AddAsync(string visitor, params (string At, string Kind, string Event, string Page)[] events)
    {
        var rows = events.Select(e =>
            $"('p', rand64(), '{visitor}', '{e.Kind}', '{e.Event}', '{e.Page}', '2026-{e.At}', now(), {(e.Kind == "error" ? "map('message', 'boom')" : "map()")})");
        return _database.ExecuteAsync(
            $"INSERT INTO events (project, event_id, visitor_id, kind, event, page, occurred_at, received_at, properties) VALUES {string.Join(", ", rows)}");
    }

    private async Task ExposeAsync(string variant, params (string Visitor, string Then)[] visitors)
    {
        foreach (var (visitor, then) in visitors)
        {
            await _database.ExecuteAsync(
                "INSERT INTO events (project, event_id, visitor_id, kind, event, occurred_at, received_at, properties) VALUES "
                + $"('p', rand64(), '{visitor}', 'action', 'Experiment Viewed', '2026-05-20 10:00:00', now(), map('experiment_name', 'checkout', 'variation_name', '{variant}'))");
            if (then.Length > 0)
                await AddAsync(visitor, (then == "buy after" ? "05-20 10:05:00" : "05-20 09:00:00", "action", "buy", ""));
        }
    }
}

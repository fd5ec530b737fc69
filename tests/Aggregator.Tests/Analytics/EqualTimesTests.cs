using System.Globalization;
using Tidemark.Aggregator.Tests.Engine;

namespace Tidemark.Aggregator.Tests.Analytics;

/// <summary>
/// Many events of one millisecond: every view that orders events takes them by (time, seq, id), whatever their order of arrival, their partition and the blocks they came in.
/// Each view against a computation of its own in C#.
/// </summary>
public sealed class EqualTimesTests(EngineFixture engine) : IClassFixture<EngineFixture>, IAsyncLifetime
{
    private const string Range = "project = 'p', t0 = '2026-05-01', t1 = '2026-06-01'";
    private const int GapMs = 2000;

    private static readonly DateTime _start = new(2026, 5, 4, 10, 0, 0, DateTimeKind.Utc);

    private readonly int _seed = Seeds.FirstOfRun;
    private TestDatabase _database = null!;
    private ILookup<string, Event> _visitors = null!;

    public async Task InitializeAsync()
    {
        _database = await TestDatabase.MigratedAsync(engine);
        var random = new Random(_seed);
        var events = Enumerable.Range(0, 600).Select(_ => NewEvent(random)).ToList();
        foreach (var block in events.Chunk(150))
        {
            var rows = block.Select(e => string.Create(
                CultureInfo.InvariantCulture,
                $"('p', {e.Id}, '{e.Visitor}', '{(e.Page.Length > 0 ? "page" : "action")}', '{e.Name}', '{e.Page}', '{Text(e.Time)}', {e.Seq}, now(), {random.Next(2)}, {random.Next(1000)})"));
            await _database.ExecuteAsync(
                $"INSERT INTO events (project, event_id, visitor_id, kind, event, page, occurred_at, seq, received_at, log_partition, log_offset) VALUES {string.Join(", ", rows)}");
        }
        _visitors = events.OrderBy(e => e.Time).ThenBy(e => e.Seq).ThenBy(e => e.Id).ToLookup(e => e.Visitor);
    }

    public Task DisposeAsync()
    {
        _database.Dispose();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task VisitorTimeline_IsInOrder()
    {
        foreach (var visitor in _visitors)
        {
            var expected = visitor.Select(e => $"{Text(e.Time)}|{e.Name}|{e.Page}");
            Assert.Equal(expected, await _database.LinesAsync($"SELECT occurred_at, event, page FROM visitor_timeline({Range}, visitor = '{visitor.Key}')"));
            var backwards = $"SELECT seq, event_id FROM visitor_timeline({Range}, visitor = '{visitor.Key}') ORDER BY occurred_at DESC, seq DESC, event_id DESC";
            Assert.Equal(visitor.Reverse().Select(e => $"{e.Seq}|{e.Id}"), await _database.LinesAsync(backwards));
        }
    }

    [Fact]
    public async Task Transitions_FollowTheOrder()
    {
        var pairs = _visitors.SelectMany(v => v.Zip(v.Skip(1))).ToList();
        Same(Counted(pairs), await _database.LinesAsync($"SELECT from_name, to_name, transitions FROM transitions({Range}) ORDER BY ALL"));
        Same(
            Counted(pairs.Where(p => p.Second.Time - p.First.Time <= GapMs)),
            await _database.LinesAsync($"SELECT from_name, to_name, transitions FROM session_transitions({Range}, gap_s = {GapMs / 1000}) ORDER BY ALL"));
    }

    [Fact]
    public async Task Paths_FollowTheOrder()
    {
        var edges = _visitors.SelectMany(Sessions).SelectMany(session =>
        {
            var names = session.Where((e, i) => i == 0 || session[i - 1].Step != e.Step).Select(e => e.Step).Take(4).ToList();
            if (names.Count < 4)
                names.Add("(end)");
            return names.Zip(names.Skip(1)).Select((edge, i) => $"{i + 1}|{edge.First}|{edge.Second}");
        });
        Same(
            edges.GroupBy(e => e).Select(g => $"{g.Key}|{g.Count()}"),
            await _database.LinesAsync($"SELECT step, from_name, to_name, sessions FROM paths({Range}, gap_s = {GapMs / 1000}, max_steps = 3, min_sessions = 1)"));
    }

    [Theory]
    [InlineData(0, "a", "b")]
    [InlineData(1, "a", "b", "/c")]
    [InlineData(1, "/c", "/d", "a", "b")]
    [InlineData(4_000_000_000, "b", "a", "b", "a")]
    [InlineData(4_000_000_000, "/c", "never", "a")]
    public async Task Funnel_TakesStepsInOrder(long window, params string[] steps)
    {
        var levels = _visitors.Select(v => Level([.. v], steps, window * 1000)).ToList();
        Same(
            steps.Select((name, k) => $"{k + 1}|{name}|{levels.Count(level => level > k)}|{_visitors.Count(v => v.Any(e => e.Takes(name)))}"),
            await _database.LinesAsync($"SELECT step, step_name, visitors, visitors_open FROM funnel({Range}, steps = ['{string.Join("', '", steps)}'], window_s = {window}) ORDER BY step"));
    }

    [Fact]
    public async Task Experiment_CountsAGoalAfterTheExposureOnly()
    {
        await _database.ExecuteAsync(
            """
            INSERT INTO events (project, event_id, visitor_id, kind, event, occurred_at, seq, received_at, properties)
            SELECT 'x', e.1, e.2, 'action', e.3, '2026-05-04 10:00:00', e.4, now(), if(e.3 = 'buy', map(), map('experiment', 'e', 'variant', 'a'))
            FROM (SELECT arrayJoin([(2, 'after', 'exposure', 0), (1, 'after', 'buy', 1), (3, 'before', 'exposure', 1), (4, 'before', 'buy', 0), (5, 'by id', 'exposure', 0), (6, 'by id', 'buy', 0)]) AS e)
            """);
        Assert.Equal(
            ["3|2"],
            await _database.LinesAsync("SELECT visitors, reached FROM experiment(project = 'x', t0 = '2026-05-01', t1 = '2026-06-01', experiment = 'e', control = 'a', goal = 'buy')"));
    }

    /// <summary>Greedy from every beginning: what a way needs is the earliest next step after the last one.</summary>
    private static int Level(List<Event> events, string[] steps, long windowMs)
    {
        var taken = events.SelectMany(e => steps.Select((name, k) => (e.Time, Step: k, Fits: e.Takes(name)))).Where(t => t.Fits).ToList();
        var most = 0;
        for (var from = 0; from < taken.Count; from++)
        {
            if (taken[from].Step != 0)
                continue;
            var level = 1;
            for (var i = from + 1; i < taken.Count && taken[i].Time - taken[from].Time <= windowMs; i++)
                level += taken[i].Step == level ? 1 : 0;
            most = Math.Max(most, level);
        }
        return most;
    }

    private static List<List<Event>> Sessions(IEnumerable<Event> visitor)
    {
        var sessions = new List<List<Event>>();
        foreach (var e in visitor)
        {
            if (sessions.Count == 0 || e.Time - sessions[^1][^1].Time > GapMs)
                sessions.Add([]);
            sessions[^1].Add(e);
        }
        return sessions;
    }

    private static IEnumerable<string> Counted(IEnumerable<(Event First, Event Second)> pairs) =>
        pairs.GroupBy(p => $"{p.First.Step}|{p.Second.Step}").Select(g => $"{g.Key}|{g.Count()}");

    private void Same(IEnumerable<string> expected, IEnumerable<string> actual)
    {
        var (one, other) = (expected.Order(StringComparer.Ordinal).ToList(), actual.Order(StringComparer.Ordinal).ToList());
        Assert.True(one.SequenceEqual(other), $"seed {_seed}: expected {string.Join(' ', one.Except(other))}, got {string.Join(' ', other.Except(one))}");
    }

    // A second holds most events of a visitor; some lie a few seconds apart.
    private static Event NewEvent(Random random)
    {
        var time = random.Next(3) == 0 ? random.Next(8) * 1000 : random.Next(3);
        var (name, page) = random.Next(5) switch { 0 => ("a", ""), 1 => ("b", ""), 2 => ("", "/c"), 3 => ("", "/d"), _ => ("a", "/c") };
        return new Event($"v{random.Next(25)}", time, random.Next(3), (ulong)random.NextInt64(long.MinValue, long.MaxValue), name, page);
    }

    private static string Text(long time) => _start.AddMilliseconds(time).ToString("yyyy-MM-dd HH:mm:ss.fff", CultureInfo.InvariantCulture);

    private sealed record Event(string Visitor, long Time, int Seq, ulong Id, string Name, string Page)
    {
        public string Step => Name.Length > 0 ? Name : Page;

        public bool Takes(string step) => step == Name || step == Page;
    }
}

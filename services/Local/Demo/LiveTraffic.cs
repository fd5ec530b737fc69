using System.Globalization;
using Tidemark.Local.Configuration;
using Tidemark.Local.Demo.Traffic;
using Tidemark.Local.Hosting;
using Tidemark.Local.Sql;

namespace Tidemark.Local.Demo;

/// <summary>The live trickle: a few dozen events to begin with, then two a second as long as the demo serves.</summary>
internal sealed class LiveTraffic(InstanceInfo instance, SqlServer server, string key, Day day, TimeProvider time, Action<string> say) : IDisposable
{
    public const int FirstEvents = 48;

    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan ArrivalLimit = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(50);

    private readonly LiveClient _client = new(instance.Http!, key);
    private readonly Trickle _trickle = new(day);

    /// <summary>Sends the first events and waits until they and their open sessions can be asked for.</summary>
    public async Task<int> BeginAsync(CancellationToken cancellation)
    {
        // As if the trickle had run for a moment already.
        var now = time.GetUtcNow();
        var events = Enumerable.Range(1, FirstEvents).Select(i => _trickle.Next(now - (FirstEvents - i) * Pace)).ToList();
        return await Patience.WithinAsync(ArrivalLimit, "the way of the first live events into ClickHouse", async token =>
        {
            while (await _client.TrySendAsync(events, token) is not null)
                await Task.Delay(PollInterval, token);
            using var sql = new SqlClient(server);
            while (!await HasArrivedAsync(sql, events, token))
                await Task.Delay(PollInterval, token);
            return events.Count;
        }, cancellation);
    }

    private async Task<bool> HasArrivedAsync(SqlClient sql, List<ShopEvent> events, CancellationToken cancellation)
    {
        // Whenever they began: on the folder of an earlier demo the same visitors may go on with sessions that are open already.
        var visitors = events.Select(static e => e.Visitor).Distinct().ToList();
        var rows = await sql.TryRowsAsync(
            """
            SELECT (SELECT count() FROM events WHERE project = {project:String} AND lane = 'live' AND startsWith(message_id, {ids:String})),
                   (SELECT uniqExact(visitor_id) FROM live_sessions WHERE project = {project:String} AND visitor_id IN {visitors:Array(String)})
            """,
            cancellation,
            ("project", ReadyProject.Name),
            ("ids", $"{day.ImportId}-live-"),
            ("visitors", $"['{string.Join("','", visitors)}']"));
        return rows is [[var count, var open]]
            && long.Parse(count, CultureInfo.InvariantCulture) >= events.Count
            && long.Parse(open, CultureInfo.InvariantCulture) >= visitors.Count;
    }

    /// <summary>Goes on until cancelled. An event that is not taken is sent again until it is; what is wrong is said once.</summary>
    public async Task GoOnAsync(CancellationToken cancellation)
    {
        using var clock = new PeriodicTimer(Pace, time);
        var trouble = "";
        while (await clock.WaitForNextTickAsync(cancellation))
        {
            var one = _trickle.Next(time.GetUtcNow());
            while (await _client.TrySendAsync([one], cancellation) is { } wrong)
            {
                if (wrong != trouble)
                    say(trouble = wrong);
                await Task.Delay(Pace, cancellation);
            }
            trouble = "";
        }
    }

    public void Dispose() => _client.Dispose();
}

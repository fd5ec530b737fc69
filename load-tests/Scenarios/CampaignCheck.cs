using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using Tidemark.LoadTests.Product;
using Tidemark.LoadTests.Traffic;

namespace Tidemark.LoadTests.Scenarios;

/// <summary>What has to hold when everything is healed and the tables have caught up: each acknowledged event is there once, and the sessions are those of the batch computation and of the log.</summary>
internal sealed class CampaignCheck(ClusterProduct product, CampaignTraffic traffic, CommittedReader reader)
{
    private const int Shown = 20;

    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(4);

    /// <summary>Stored and late events, and sessions, as of the last look.</summary>
    internal (long Events, long Late, int Sessions) Found { get; private set; }

    /// <summary>Waits until nothing is wrong.</summary>
    /// <returns>How long that took.</returns>
    /// <exception cref="ScenarioFailedException">Something still was after four minutes; it is listed.</exception>
    internal async Task<TimeSpan> WaitAsync(CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            var wrong = await WrongAsync(cancellation);
            if (wrong.Count == 0)
                return clock.Elapsed;
            if (clock.Elapsed > _patience)
                throw new ScenarioFailedException($"{_patience.TotalMinutes} minutes after everything was healed\n{string.Join('\n', wrong)}");
            await Task.Delay(1000, cancellation);
        }
    }

    private async Task<List<string>> WrongAsync(CancellationToken cancellation)
    {
        try
        {
            var wrong = new List<string>();
            await EventsAsync(wrong, cancellation);
            await SessionsAsync(wrong, cancellation);
            return wrong;
        }
        catch (Exception e) when (e is HttpRequestException or SocketException or InvalidOperationException || (e is TaskCanceledException && !cancellation.IsCancellationRequested))
        {
            return [e.Message];
        }
    }

    private async Task EventsAsync(List<string> wrong, CancellationToken cancellation)
    {
        var late = await LinesAsync("SELECT message_id FROM late_events", cancellation);
        var stored = await LinesAsync("SELECT message_id FROM events", cancellation);
        Found = (stored.Length, late.Length, Found.Sessions);
        var seen = new HashSet<string>(stored.Length + late.Length);
        List("events are there twice", [.. stored.Concat(late).Where(id => !seen.Add(id))], wrong);
        var sent = traffic.MessageIds.ToHashSet();
        List("acknowledged events are missing", [.. sent.Where(id => !seen.Contains(id))], wrong);
        List("events are there that nobody sent", [.. seen.Where(id => !sent.Contains(id))], wrong);
        if (await product.SqlAsync("SELECT count() - uniqExact(event_id) FROM (SELECT event_id FROM events UNION ALL SELECT event_id FROM late_events)", cancellation) is var twice && twice != "0")
            wrong.Add($"{twice} rows of events have the id of another");
        if (reader.Counts().Late is var read && read != late.Length)
            wrong.Add($"{read} late events were read from the log, {late.Length} are in late_events");
        if (await product.SqlAsync(RollupSet.WrongKeys, cancellation) is var rollups && rollups != RollupSet.AllRight)
            wrong.Add($"keys of rollups that are not what the rows give: {rollups}");
    }

    private async Task SessionsAsync(List<string> wrong, CancellationToken cancellation)
    {
        if (await product.SqlAsync(SessionOracle.Different(CampaignOptions.Gap), cancellation) is var different && different != "0")
            wrong.Add($"{different} sessions differ from the batch computation");
        var table = await LinesAsync(NettedSessions.Query, cancellation);
        var log = reader.SessionLines();
        Found = (Found.Events, Found.Late, table.Length);
        List("sessions of the log are missing in the table", [.. log.Except(table)], wrong);
        List("sessions of the table are not in the log", [.. table.Except(log)], wrong);
        if (table.Length != log.Count)
            wrong.Add($"the table has {table.Length} sessions, the log {log.Count}");
    }

    private async Task<string[]> LinesAsync(string query, CancellationToken cancellation) =>
        (await product.SqlAsync(query, cancellation)).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static void List(string what, IReadOnlyList<string> which, List<string> wrong)
    {
        if (which.Count > 0)
            wrong.Add(string.Create(CultureInfo.InvariantCulture, $"{which.Count} {what}: {string.Join(' ', which.Take(Shown))}{(which.Count > Shown ? " …" : "")}"));
    }
}

using System.Globalization;

namespace Tidemark.LoadTests.Scenarios;

/// <summary>The batch computation that the sessions must equal: events of a project's visitor cut wherever two neighbours are more than the project's gap apart.</summary>
internal static class SessionOracle
{
    /// <summary>A query for the number of sessions that the table has and the oracle has not, or the other way round.</summary>
    /// <param name="gap">Of the projects without a gap of their own.</param>
    /// <param name="own">Of those with one.</param>
    internal static string Different(TimeSpan gap, params IEnumerable<(string Project, TimeSpan Gap)> own) => $"""
        SELECT count() FROM (
            SELECT project, visitor_id, toUnixTimestamp64Milli(min(occurred_at)) AS s, toUnixTimestamp64Milli(max(occurred_at)) AS e, count() AS n FROM (
                SELECT project, visitor_id, occurred_at, sum(cut) OVER (PARTITION BY project, visitor_id ORDER BY occurred_at, seq, event_id ROWS UNBOUNDED PRECEDING) AS k FROM (
                    SELECT project, visitor_id, occurred_at, seq, event_id, toUnixTimestamp64Milli(occurred_at) - lagInFrame(toUnixTimestamp64Milli(occurred_at), 1, -4000000000000)
                        OVER (PARTITION BY project, visitor_id ORDER BY occurred_at, seq, event_id ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) > {GapOf(gap, own)} AS cut FROM events))
            GROUP BY project, visitor_id, k) AS o
        FULL JOIN (SELECT project, visitor_id, toUnixTimestamp64Milli(started_at) AS s, toUnixTimestamp64Milli(ended_at) AS e, events AS n FROM sessions) AS t
        USING (project, visitor_id, s, e, n) WHERE o.visitor_id = '' OR t.visitor_id = ''
        """;

    private static string GapOf(TimeSpan general, IEnumerable<(string Project, TimeSpan Gap)> own) =>
        own.Aggregate(Milliseconds(general), static (others, p) => $"if(project = '{p.Project}', {Milliseconds(p.Gap)}, {others})");

    private static string Milliseconds(TimeSpan gap) => gap.TotalMilliseconds.ToString(CultureInfo.InvariantCulture);
}

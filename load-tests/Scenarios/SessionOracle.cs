using System.Globalization;

namespace Tidemark.LoadTests.Scenarios;

/// <summary>The batch computation that the sessions must equal: events of a visitor cut wherever two neighbours are more than the gap apart.</summary>
internal static class SessionOracle
{
    /// <summary>A query for the number of sessions that the table has and the oracle has not, or the other way round.</summary>
    internal static string Different(TimeSpan gap) => $"""
        SELECT count() FROM (
            SELECT visitor_id, toUnixTimestamp64Milli(min(occurred_at)) AS s, toUnixTimestamp64Milli(max(occurred_at)) AS e, count() AS n FROM (
                SELECT visitor_id, occurred_at, sum(cut) OVER (PARTITION BY visitor_id ORDER BY occurred_at, event_id ROWS UNBOUNDED PRECEDING) AS k FROM (
                    SELECT visitor_id, occurred_at, event_id, toUnixTimestamp64Milli(occurred_at) - lagInFrame(toUnixTimestamp64Milli(occurred_at), 1, -4000000000000)
                        OVER (PARTITION BY visitor_id ORDER BY occurred_at, event_id ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) > {gap.TotalMilliseconds.ToString(CultureInfo.InvariantCulture)} AS cut FROM events))
            GROUP BY visitor_id, k) AS o
        FULL JOIN (SELECT visitor_id, toUnixTimestamp64Milli(started_at) AS s, toUnixTimestamp64Milli(ended_at) AS e, events AS n FROM sessions) AS t
        USING (visitor_id, s, e, n) WHERE o.visitor_id = '' OR t.visitor_id = ''
        """;
}

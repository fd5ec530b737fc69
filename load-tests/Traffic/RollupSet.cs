namespace Tidemark.LoadTests.Traffic;

/// <summary>The rollups beside what the rows give.</summary>
internal static class RollupSet
{
    /// <summary>Keys of each rollup that are not, column by column, what the rows give; a key without rows is one too. Right is <see cref="AllRight"/>.</summary>
    internal const string WrongKeys =
        """
        SELECT
          (SELECT count() FROM (SELECT 1 AS k, project, toStartOfHour(toDateTime(s.occurred_at, 'UTC')) AS hour, s.kind AS kind, s.event AS event, if(s.kind IN ('page', 'error'), s.page, '') AS page, count() AS n, uniqCombined(15)(s.visitor_id) AS v FROM events AS s GROUP BY project, hour, kind, event, page) AS e
             FULL JOIN (SELECT 1 AS k, project, hour, kind, event, page, sum(r.events) AS n, uniqCombinedMerge(15)(r.visitors) AS v FROM events_hour AS r GROUP BY project, hour, kind, event, page) AS r
             USING (project, hour, kind, event, page) WHERE e.k != r.k OR e.n != r.n OR e.v != r.v),
          (SELECT count() FROM (SELECT 1 AS k, project, toDate(occurred_at) AS day, visitor_id, count() AS n, countIf(kind = 'page') AS p, countIf(kind = 'action') AS c, countIf(kind = 'error') AS x, min(occurred_at) AS a, max(occurred_at) AS b FROM events GROUP BY project, day, visitor_id) AS e
             FULL JOIN (SELECT 1 AS k, project, day, visitor_id, sum(r.events) AS n, sum(r.pages) AS p, sum(r.actions) AS c, sum(r.errors) AS x, min(r.first_at) AS a, max(r.last_at) AS b FROM visitor_day AS r GROUP BY project, day, visitor_id) AS r
             USING (project, day, visitor_id) WHERE e.k != r.k OR e.n != r.n OR e.p != r.p OR e.c != r.c OR e.x != r.x OR e.a != r.a OR e.b != r.b),
          (SELECT count() FROM (SELECT 1 AS k, project, toStartOfHour(toDateTime(started_at, 'UTC')) AS hour, device, utm_source, toInt64(count()) AS n, sum(sign) AS s, sum(sign * bounce) AS o, sum(sign * events) AS v, sum(sign * pages) AS p, sum(sign * (toUnixTimestamp64Milli(ended_at) - toUnixTimestamp64Milli(started_at))) AS d FROM session_rows GROUP BY project, hour, device, utm_source) AS e
             FULL JOIN (SELECT 1 AS k, project, hour, device, utm_source, sum(r.rows) AS n, sum(r.sessions) AS s, sum(r.bounces) AS o, sum(r.events) AS v, sum(r.pages) AS p, sum(r.duration_ms) AS d FROM sessions_hour AS r GROUP BY project, hour, device, utm_source) AS r
             USING (project, hour, device, utm_source) WHERE e.k != r.k OR e.n != r.n OR e.s != r.s OR e.o != r.o OR e.v != r.v OR e.p != r.p OR e.d != r.d)
        """;

    internal const string AllRight = "0\t0\t0";
}

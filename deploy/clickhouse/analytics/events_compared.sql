-- Question: how many events were there, of which kinds, and how many in the period before?
-- Parameters: projects Array(String), t0 and t1 DateTime64(3, 'UTC'): from t0 up to, not including, t1. The period before is as long and ends at t0.
-- Columns: period ('before', 'now'; always both, in this order), period_start, events, page_views, actions, errors. Exact at every border: whole hours come from the
--   hourly rollup, the hours that a border cuts from the events themselves.
-- Example: SELECT * FROM events_compared(projects = ['local'], t0 = now64(3) - INTERVAL 7 DAY, t1 = now64(3))
CREATE OR REPLACE VIEW events_compared AS
WITH
    greatest({t0:DateTime64(3, 'UTC')}, toDateTime64('1970-01-01', 3, 'UTC')) AS since, least({t1:DateTime64(3, 'UTC')}, toDateTime64('2106-01-01', 3, 'UTC')) AS until,
    fromUnixTimestamp64Milli(greatest(0, 2 * toUnixTimestamp64Milli(since) - toUnixTimestamp64Milli(until)), 'UTC') AS before,
    [toStartOfHour(toDateTime(before, 'UTC')), toStartOfHour(toDateTime(since, 'UTC')), toStartOfHour(toDateTime(until, 'UTC'))] AS cut_hours,
    [toDate(before, 'UTC'), toDate(since, 'UTC'), toDate(until, 'UTC')] AS cut_days
SELECT
    if(is_now, 'now', 'before') AS period, if(is_now, since, before) AS period_start,
    sum(n) AS events, sumIf(n, kind = 'page') AS page_views, sumIf(n, kind = 'action') AS actions, sumIf(n, kind = 'error') AS errors
FROM
(
    SELECT hour >= since AS is_now, toString(h.kind) AS kind, sum(h.events) AS n
    FROM events_hour AS h
    WHERE project IN {projects:Array(String)} AND hour >= toStartOfHour(toDateTime(before, 'UTC')) AND hour < until AND hour NOT IN cut_hours
    GROUP BY is_now, kind
    UNION ALL
    SELECT e.occurred_at >= since AS is_now, toString(e.kind) AS kind, count() AS n
    FROM events AS e
    WHERE project IN {projects:Array(String)} AND toDate(e.occurred_at) IN cut_days
      AND e.occurred_at >= before AND e.occurred_at < until AND toStartOfHour(toDateTime(e.occurred_at, 'UTC')) IN cut_hours
    GROUP BY is_now, kind
    UNION ALL
    SELECT arrayJoin([false, true]), '', 0
)
GROUP BY is_now
ORDER BY is_now;

-- Question: which pages are seen most, and how was that in the period before?
-- Parameters: projects Array(String), t0 and t1 DateTime64(3, 'UTC') (up to, not including, t1; the period before is as long and ends at t0), top UInt32 (most rows).
-- Columns: page, views, views_before, change (0.5 is half as many again; NULL when there was none before), visitors (distinct; within about 0.5 %). Views are exact at every
--   border: whole hours come from the hourly rollup, the hours that a border cuts from the events themselves.
-- Example: SELECT * FROM pages_compared(projects = ['local'], t0 = now64(3) - INTERVAL 7 DAY, t1 = now64(3), top = 10)
CREATE OR REPLACE VIEW pages_compared AS
WITH
    greatest({t0:DateTime64(3, 'UTC')}, toDateTime64('1970-01-01', 3, 'UTC')) AS since, least({t1:DateTime64(3, 'UTC')}, toDateTime64('2106-01-01', 3, 'UTC')) AS until,
    fromUnixTimestamp64Milli(greatest(0, 2 * toUnixTimestamp64Milli(since) - toUnixTimestamp64Milli(until)), 'UTC') AS before,
    [toStartOfHour(toDateTime(before, 'UTC')), toStartOfHour(toDateTime(since, 'UTC')), toStartOfHour(toDateTime(until, 'UTC'))] AS cut_hours,
    [toDate(before, 'UTC'), toDate(since, 'UTC'), toDate(until, 'UTC')] AS cut_days
SELECT
    page, sumIf(n, is_now) AS views, sumIf(n, NOT is_now) AS views_before,
    if(views_before = 0, NULL, round(views / views_before - 1, 4)) AS change,
    uniqCombinedMergeIf(15)(who, is_now) AS visitors
FROM
(
    SELECT hour >= since AS is_now, toString(h.page) AS page, sum(h.events) AS n, uniqCombinedMergeState(15)(h.visitors) AS who
    FROM events_hour AS h
    WHERE project IN {projects:Array(String)} AND kind = 'page' AND hour >= toStartOfHour(toDateTime(before, 'UTC')) AND hour < until AND hour NOT IN cut_hours
    GROUP BY is_now, page
    UNION ALL
    SELECT e.occurred_at >= since AS is_now, toString(e.page) AS page, count() AS n, uniqCombinedState(15)(e.visitor_id) AS who
    FROM events AS e
    WHERE project IN {projects:Array(String)} AND kind = 'page' AND toDate(e.occurred_at) IN cut_days
      AND e.occurred_at >= before AND e.occurred_at < until AND toStartOfHour(toDateTime(e.occurred_at, 'UTC')) IN cut_hours
    GROUP BY is_now, page
)
GROUP BY page
HAVING views > 0
ORDER BY views DESC, page
LIMIT {top:UInt32};

-- Question: how many visitors were active, and how many in the period before?
-- Parameters: projects Array(String), t0 and t1 DateTime64(3, 'UTC'): active from t0 up to, not including, t1. The period before is as long and ends at t0.
-- Columns: period ('before', 'now'; always both, in this order), period_start, visitors (distinct with at least one event; the same one in two projects is two). Exact:
--   whole days come from the visitor-day rollup, the days that a border cuts from the events themselves.
-- Example: SELECT * FROM visitors_compared(projects = ['local'], t0 = now64(3) - INTERVAL 7 DAY, t1 = now64(3))
CREATE OR REPLACE VIEW visitors_compared AS
WITH
    greatest({t0:DateTime64(3, 'UTC')}, toDateTime64('1970-01-01', 3, 'UTC')) AS since, least({t1:DateTime64(3, 'UTC')}, toDateTime64('2106-01-01', 3, 'UTC')) AS until,
    fromUnixTimestamp64Milli(greatest(0, 2 * toUnixTimestamp64Milli(since) - toUnixTimestamp64Milli(until)), 'UTC') AS before,
    [toDate(before, 'UTC'), toDate(since, 'UTC'), toDate(until, 'UTC')] AS cut_days
SELECT if(is_now, 'now', 'before') AS period, if(is_now, since, before) AS period_start, uniqExactIf((site, visitor_id), active) AS visitors
FROM
(
    SELECT day >= toDate(since, 'UTC') AS is_now, toString(project) AS site, visitor_id, true AS active
    FROM visitor_day
    WHERE project IN {projects:Array(String)} AND day >= toDate(before, 'UTC') AND day < toDate(until, 'UTC') AND day NOT IN cut_days
    UNION ALL
    SELECT occurred_at >= since AS is_now, toString(project) AS site, visitor_id, true AS active
    FROM events
    WHERE project IN {projects:Array(String)} AND toDate(occurred_at) IN cut_days AND occurred_at >= before AND occurred_at < until
    UNION ALL
    SELECT arrayJoin([false, true]), '', '', false
)
GROUP BY is_now
ORDER BY is_now;

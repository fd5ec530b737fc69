-- Question: how did the events come in over time, beside the period before?
-- Parameters: projects Array(String), t0 and t1 DateTime64(3, 'UTC') (up to, not including, t1; the period before is as long and ends at t0), step_s UInt32 (seconds of a bucket).
-- Columns: time (the bucket's beginning, UTC; empty buckets have a row), events, page_views, actions, errors, and events_before: what happened one period earlier than
--   the bucket. The first and the last bucket are cut at t0 and t1. Exact: where buckets are hours or multiples of them and so is the period, whole hours come from the hourly
--   rollup; else all comes from the events.
-- Example: SELECT * FROM events_over_time(projects = ['local'], t0 = now64(3) - INTERVAL 7 DAY, t1 = now64(3), step_s = 86400)
CREATE OR REPLACE VIEW events_over_time AS
WITH
    greatest({t0:DateTime64(3, 'UTC')}, toDateTime64('1970-01-01', 3, 'UTC')) AS since, least({t1:DateTime64(3, 'UTC')}, toDateTime64('2106-01-01', 3, 'UTC')) AS until, {step_s:UInt32} AS step,
    dateDiff('millisecond', since, until) AS length_ms, fromUnixTimestamp64Milli(greatest(0, 2 * toUnixTimestamp64Milli(since) - toUnixTimestamp64Milli(until)), 'UTC') AS before,
    step % 3600 = 0 AND length_ms % 3600000 = 0 AS by_hour,
    [toStartOfHour(toDateTime(before, 'UTC')), toStartOfHour(toDateTime(since, 'UTC')), toStartOfHour(toDateTime(until, 'UTC'))] AS cut_hours,
    [toDate(before, 'UTC'), toDate(since, 'UTC'), toDate(until, 'UTC')] AS cut_days
SELECT
    toDateTime(intDiv(at_s, step) * step, 'UTC') AS time,
    sumIf(n, is_now) AS events, sumIf(n, is_now AND kind = 'page') AS page_views, sumIf(n, is_now AND kind = 'action') AS actions, sumIf(n, is_now AND kind = 'error') AS errors,
    sumIf(n, NOT is_now) AS events_before
FROM
(
    SELECT hour >= since AS is_now, toString(h.kind) AS kind, toInt64(toUnixTimestamp(hour)) + if(is_now, 0, intDiv(length_ms, 1000)) AS at_s, sum(h.events) AS n
    FROM events_hour AS h
    WHERE by_hour AND project IN {projects:Array(String)} AND hour >= toStartOfHour(toDateTime(before, 'UTC')) AND hour < until AND hour NOT IN cut_hours
    GROUP BY is_now, kind, at_s
    UNION ALL
    SELECT e.occurred_at >= since AS is_now, toString(e.kind) AS kind, intDiv(toUnixTimestamp64Milli(e.occurred_at) + if(is_now, 0, length_ms), 1000) AS at_s, count() AS n
    FROM events AS e
    WHERE project IN {projects:Array(String)} AND e.occurred_at >= before AND e.occurred_at < until
      AND (NOT by_hour OR toDate(e.occurred_at) IN cut_days) AND (NOT by_hour OR toStartOfHour(toDateTime(e.occurred_at, 'UTC')) IN cut_hours)
    GROUP BY is_now, kind, at_s
)
GROUP BY time
ORDER BY time WITH FILL FROM toDateTime(intDiv(toUnixTimestamp64Second(since), step) * step, 'UTC') TO toDateTime(intDiv(toUnixTimestamp64Milli(until) + 999, 1000), 'UTC') STEP step;

-- Question: how many sessions began over time, how long were they, and how was that in the period before?
-- Parameters: projects Array(String), t0 and t1 DateTime64(3, 'UTC') (sessions that started from t0 up to, not including, t1; the period before is as long and ends at t0),
--   step_s UInt32 (seconds of a bucket).
-- Columns: time (the bucket's beginning, UTC; empty buckets have a row), sessions, bounces, median_duration_s and p90_duration_s (NULL without sessions), and sessions_before,
--   bounces_before and median_duration_before_s: of those that began one period earlier than the bucket. The first and the last bucket are cut at t0 and t1. Every session as of now, corrections included; exact.
-- Example: SELECT * FROM sessions_over_time(projects = ['local'], t0 = now64(3) - INTERVAL 7 DAY, t1 = now64(3), step_s = 86400)
CREATE OR REPLACE VIEW sessions_over_time AS
WITH
    greatest({t0:DateTime64(3, 'UTC')}, toDateTime64('1970-01-01', 3, 'UTC')) AS since, least({t1:DateTime64(3, 'UTC')}, toDateTime64('2106-01-01', 3, 'UTC')) AS until, {step_s:UInt32} AS step,
    dateDiff('millisecond', since, until) AS length_ms, fromUnixTimestamp64Milli(greatest(0, 2 * toUnixTimestamp64Milli(since) - toUnixTimestamp64Milli(until)), 'UTC') AS before
SELECT
    toDateTime(intDiv(intDiv(toUnixTimestamp64Milli(started_at) + if(started_at >= since, 0, length_ms), 1000), step) * step, 'UTC') AS time,
    countIf(started_at >= since) AS sessions, countIf(started_at >= since AND bounce) AS bounces,
    if(sessions = 0, NULL, round(quantileExactInclusiveIf(0.5)(duration_ms, started_at >= since) / 1000, 1)) AS median_duration_s,
    if(sessions = 0, NULL, round(quantileExactInclusiveIf(0.9)(duration_ms, started_at >= since) / 1000, 1)) AS p90_duration_s,
    countIf(started_at < since) AS sessions_before, countIf(started_at < since AND bounce) AS bounces_before,
    if(sessions_before = 0, NULL, round(quantileExactInclusiveIf(0.5)(duration_ms, started_at < since) / 1000, 1)) AS median_duration_before_s
FROM sessions
WHERE project IN {projects:Array(String)} AND started_at >= before AND started_at < until
GROUP BY time
ORDER BY time WITH FILL FROM toDateTime(intDiv(toUnixTimestamp64Second(since), step) * step, 'UTC') TO toDateTime(intDiv(toUnixTimestamp64Milli(until) + 999, 1000), 'UTC') STEP step;

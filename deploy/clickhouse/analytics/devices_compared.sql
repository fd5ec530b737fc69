-- Question: on which devices are visitors, and how was that in the period before?
-- Parameters: projects Array(String), t0 and t1 DateTime64(3, 'UTC') (start of the session; the period before is as long and ends at t0).
-- Columns: device ('(unknown)' when the client did not say), sessions, sessions_before, change (NULL when there was none before), bounce_rate, median_duration_s. Exact.
-- Example: SELECT * FROM devices_compared(projects = ['local'], t0 = now64(3) - INTERVAL 7 DAY, t1 = now64(3))
CREATE OR REPLACE VIEW devices_compared AS
WITH
    greatest({t0:DateTime64(3, 'UTC')}, toDateTime64('1970-01-01', 3, 'UTC')) AS since, least({t1:DateTime64(3, 'UTC')}, toDateTime64('2106-01-01', 3, 'UTC')) AS until,
    fromUnixTimestamp64Milli(greatest(0, 2 * toUnixTimestamp64Milli(since) - toUnixTimestamp64Milli(until)), 'UTC') AS before
SELECT
    if(s.device = '', '(unknown)', toString(s.device)) AS device,
    countIf(started_at >= since) AS sessions, countIf(started_at < since) AS sessions_before,
    if(sessions_before = 0, NULL, round(sessions / sessions_before - 1, 4)) AS change,
    round(countIf(started_at >= since AND bounce) / sessions, 4) AS bounce_rate,
    round(quantileExactInclusiveIf(0.5)(duration_ms, started_at >= since) / 1000, 1) AS median_duration_s
FROM sessions AS s
WHERE project IN {projects:Array(String)} AND started_at >= before AND started_at < until
GROUP BY device
HAVING sessions > 0
ORDER BY sessions DESC, device;

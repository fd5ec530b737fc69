-- Question: how many sessions were there, how long and how rich were they, and how was that in the period before?
-- Parameters: projects Array(String), t0 and t1 DateTime64(3, 'UTC'): sessions that started from t0 up to, not including, t1. The period before is as long and ends at t0.
-- Columns: period ('before', 'now'; always both, in this order), period_start, sessions, bounces, with_errors, and of a session: bounce_rate, error_rate, avg_duration_s,
--   median_duration_s, p90_duration_s, pages, actions (these are NULL without sessions). Every session as of now, corrections included; exact.
-- Example: SELECT * FROM sessions_compared(projects = ['local'], t0 = now64(3) - INTERVAL 7 DAY, t1 = now64(3))
CREATE OR REPLACE VIEW sessions_compared AS
WITH
    greatest({t0:DateTime64(3, 'UTC')}, toDateTime64('1970-01-01', 3, 'UTC')) AS since, least({t1:DateTime64(3, 'UTC')}, toDateTime64('2106-01-01', 3, 'UTC')) AS until,
    fromUnixTimestamp64Milli(greatest(0, 2 * toUnixTimestamp64Milli(since) - toUnixTimestamp64Milli(until)), 'UTC') AS before
SELECT
    if(is_now, 'now', 'before') AS period, if(is_now, since, before) AS period_start,
    countIf(there) AS sessions, countIf(there AND bounce) AS bounces, countIf(there AND s.errors > 0) AS with_errors,
    if(sessions = 0, NULL, round(bounces / sessions, 4)) AS bounce_rate,
    if(sessions = 0, NULL, round(with_errors / sessions, 4)) AS error_rate,
    if(sessions = 0, NULL, round(avgIf(duration_ms, there) / 1000, 1)) AS avg_duration_s,
    if(sessions = 0, NULL, round(quantileExactInclusiveIf(0.5)(duration_ms, there) / 1000, 1)) AS median_duration_s,
    if(sessions = 0, NULL, round(quantileExactInclusiveIf(0.9)(duration_ms, there) / 1000, 1)) AS p90_duration_s,
    if(sessions = 0, NULL, round(sumIf(s.pages, there) / sessions, 2)) AS pages,
    if(sessions = 0, NULL, round(sumIf(s.actions, there) / sessions, 2)) AS actions
FROM
(
    SELECT started_at >= since AS is_now, true AS there, bounce, duration_ms, pages, actions, errors
    FROM sessions
    WHERE project IN {projects:Array(String)} AND started_at >= before AND started_at < until
    UNION ALL
    SELECT arrayJoin([false, true]), false, false, 0, 0, 0, 0
) AS s
GROUP BY is_now
ORDER BY is_now;

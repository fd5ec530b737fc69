-- Question: where do sessions come from, what are they worth, and how many came in the period before?
-- Parameters: projects Array(String), t0 and t1 DateTime64(3, 'UTC') (start of the session; the period before is as long and ends at t0), top UInt32 (most rows).
-- Columns: source (campaign source, else the referrer's host, else '(direct)'), campaign, sessions, sessions_before, change (NULL when there was none before), visitors,
--   bounce_rate, median_duration_s, actions (of a session). Exact.
-- Example: SELECT * FROM sources_compared(projects = ['local'], t0 = now64(3) - INTERVAL 7 DAY, t1 = now64(3), top = 10)
CREATE OR REPLACE VIEW sources_compared AS
WITH
    greatest({t0:DateTime64(3, 'UTC')}, toDateTime64('1970-01-01', 3, 'UTC')) AS since, least({t1:DateTime64(3, 'UTC')}, toDateTime64('2106-01-01', 3, 'UTC')) AS until,
    fromUnixTimestamp64Milli(greatest(0, 2 * toUnixTimestamp64Milli(since) - toUnixTimestamp64Milli(until)), 'UTC') AS before
SELECT
    multiIf(utm_source != '', toString(utm_source), domainWithoutWWW(referrer) != '', domainWithoutWWW(referrer), referrer != '', referrer, '(direct)') AS source,
    toString(utm_campaign) AS campaign,
    countIf(started_at >= since) AS sessions, countIf(started_at < since) AS sessions_before,
    if(sessions_before = 0, NULL, round(sessions / sessions_before - 1, 4)) AS change,
    uniqExactIf((project, visitor_id), started_at >= since) AS visitors,
    round(countIf(started_at >= since AND bounce) / sessions, 4) AS bounce_rate,
    round(quantileExactInclusiveIf(0.5)(duration_ms, started_at >= since) / 1000, 1) AS median_duration_s,
    round(sumIf(s.actions, started_at >= since) / sessions, 2) AS actions
FROM sessions AS s
WHERE project IN {projects:Array(String)} AND started_at >= before AND started_at < until
GROUP BY source, campaign
HAVING sessions > 0
ORDER BY sessions DESC, source, campaign
LIMIT {top:UInt32};

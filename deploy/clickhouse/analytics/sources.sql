-- Question: where do sessions come from, and what are they worth?
-- Parameters: project String, t0 and t1 DateTime64(3, 'UTC') (start of the session), top UInt32 (most rows).
-- Columns: source (campaign source, else the referrer's host, else '(direct)'), campaign, sessions, visitors, bounce_rate, avg_duration_s, actions_per_session.
-- Example: SELECT * FROM sources(project = 'local', t0 = now64(3) - INTERVAL 7 DAY, t1 = now64(3), top = 10)
CREATE OR REPLACE VIEW sources AS
SELECT
    multiIf(utm_source != '', utm_source, domainWithoutWWW(referrer) != '', domainWithoutWWW(referrer), referrer != '', referrer, '(direct)') AS source,
    utm_campaign AS campaign,
    count() AS sessions,
    uniqExact(visitor_id) AS visitors,
    round(countIf(bounce) / sessions, 4) AS bounce_rate,
    round(avg(duration_ms) / 1000, 1) AS avg_duration_s,
    round(sum(actions) / sessions, 2) AS actions_per_session
FROM sessions
WHERE project = {project:String} AND started_at >= {t0:DateTime64(3, 'UTC')} AND started_at < {t1:DateTime64(3, 'UTC')}
GROUP BY source, campaign
ORDER BY sessions DESC, source, campaign
LIMIT {top:UInt32};

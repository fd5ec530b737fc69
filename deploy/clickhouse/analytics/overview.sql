-- Question: how many sessions and visitors were there, how long did they stay, and how many left at once, hour by hour, day by day, ...?
-- Parameters: project String, period String ('hour', 'day', 'week', 'month'), t0 and t1 DateTime64(3, 'UTC'): sessions that started from t0 up to, not including, t1.
-- Columns: period_start, sessions, visitors (distinct in the period), bounce_rate, avg_duration_s, median_duration_s, pages_per_session, events, actions, errors,
--   sessions_with_errors.
-- Example: SELECT * FROM overview(project = 'local', period = 'day', t0 = now64(3) - INTERVAL 7 DAY, t1 = now64(3))
CREATE OR REPLACE VIEW overview AS
SELECT
    dateTrunc({period:String}, started_at, 'UTC') AS period_start,
    count() AS sessions,
    uniqExact(visitor_id) AS visitors,
    round(countIf(bounce) / sessions, 4) AS bounce_rate,
    round(avg(duration_ms) / 1000, 1) AS avg_duration_s,
    round(quantileExactInclusive(0.5)(duration_ms) / 1000, 1) AS median_duration_s,
    round(sum(s.pages) / sessions, 2) AS pages_per_session,
    sum(s.events) AS events,
    sum(s.actions) AS actions,
    sum(s.errors) AS errors,
    countIf(s.errors > 0) AS sessions_with_errors
FROM sessions AS s
WHERE project = {project:String} AND started_at >= {t0:DateTime64(3, 'UTC')} AND started_at < {t1:DateTime64(3, 'UTC')}
GROUP BY period_start
ORDER BY period_start;

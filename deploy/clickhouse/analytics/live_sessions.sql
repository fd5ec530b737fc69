-- Question: who is on the site right now?
-- Parameters: none.
-- Columns: project, session_id, visitor_id, user_id, started_at, last_event_at, duration_ms so far, counts so far, entry_page, current_page, referrer,
--   utm_source, utm_campaign, device, browser, os, app_version, revision.
-- Example: SELECT current_page, count() AS visitors FROM live_sessions WHERE project = 'local' GROUP BY current_page ORDER BY visitors DESC
CREATE OR REPLACE VIEW live_sessions AS
SELECT
    project, session_id, visitor_id, user_id, started_at, last_event_at,
    toUInt64(greatest(0, toUnixTimestamp64Milli(last_event_at) - toUnixTimestamp64Milli(started_at))) AS duration_ms,
    events, pages, actions, errors, entry_page, current_page, referrer, utm_source, utm_campaign, device, browser, os, app_version, revision
FROM live_session_rows FINAL
WHERE deleted = 0 AND last_event_at > now64(3, 'UTC') - INTERVAL 1 DAY;

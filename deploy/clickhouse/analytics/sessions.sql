-- Question: which sessions are there, as of now? Right at any moment: retracted rows are netted out, whether or not the engine has merged anything.
-- Parameters: none. Filter by project and started_at (both reach the primary key) and by visitor_id.
-- Columns: ids, times (UTC, milliseconds), duration_ms, counts, entry_page and exit_page (page views only), first referrer and campaign, device, browser, os, app_version, bounce,
--   close_reason, continued (starts where one reached a cap), several_users, absorbed (ids this one replaced), import_id, lane, version (grows with each correction).
-- Example: SELECT session_id, visitor_id, duration_ms FROM sessions WHERE project = 'local' ORDER BY started_at DESC LIMIT 20
CREATE OR REPLACE VIEW sessions AS
SELECT
    project, session_id, visitor_id, any(r.user_id) AS user_id, started_at, any(r.ended_at) AS ended_at,
    toUInt64(greatest(0, toUnixTimestamp64Milli(ended_at) - toUnixTimestamp64Milli(started_at))) AS duration_ms,
    any(r.events) AS events, any(r.pages) AS pages, any(r.actions) AS actions, any(r.errors) AS errors,
    any(r.entry_page) AS entry_page, any(r.exit_page) AS exit_page, version,
    any(r.referrer) AS referrer, any(r.utm_source) AS utm_source, any(r.utm_medium) AS utm_medium, any(r.utm_campaign) AS utm_campaign,
    any(r.utm_term) AS utm_term, any(r.utm_content) AS utm_content, any(r.device) AS device,
    any(r.browser) AS browser, any(r.os) AS os, any(r.app_version) AS app_version, any(r.bounce) AS bounce,
    any(r.close_reason) AS close_reason, any(r.continued) AS continued, any(r.several_users) AS several_users,
    any(r.absorbed) AS absorbed, any(r.import_id) AS import_id, any(r.lane) AS lane
FROM session_rows AS r
GROUP BY project, started_at, visitor_id, session_id, version
HAVING sum(r.sign) > 0;

-- Question: on which pages do sessions begin, end, and end at once?
-- Parameters: project String, t0 and t1 DateTime64(3, 'UTC') (start of the session).
-- Columns: page, entries, exits, bounces (sessions that began there and saw nothing else), bounce_rate (of entries). Pages of sessions without a page view are left out.
-- Example: SELECT * FROM page_ends(project = 'local', t0 = '2026-11-01', t1 = '2026-12-01') LIMIT 20
CREATE OR REPLACE VIEW page_ends AS
SELECT page, countIf(is_entry) AS entries, countIf(NOT is_entry) AS exits, countIf(is_entry AND bounce) AS bounces,
       if(entries = 0, 0, round(bounces / entries, 4)) AS bounce_rate
FROM
(
    SELECT arrayJoin([(toString(entry_page), true), (toString(exit_page), false)]) AS e, e.1 AS page, e.2 AS is_entry, bounce
    FROM sessions
    WHERE project = {project:String} AND started_at >= {t0:DateTime64(3, 'UTC')} AND started_at < {t1:DateTime64(3, 'UTC')}
)
WHERE page != ''
GROUP BY page
ORDER BY entries + exits DESC, page;

-- Question: which pages are seen most? Read from the hourly rollup: t0 and t1 count from their hour's beginning.
-- Parameters: project String, t0 and t1 DateTime64(3, 'UTC'), top UInt32 (most rows).
-- Columns: page, views, visitors (distinct; within about 0.5 %), views_per_visitor.
-- Example: SELECT * FROM top_pages(project = 'local', t0 = now64(3) - INTERVAL 1 DAY, t1 = now64(3), top = 10)
CREATE OR REPLACE VIEW top_pages AS
SELECT page, sum(h.events) AS views, uniqCombinedMerge(15)(h.visitors) AS visitors, round(views / visitors, 2) AS views_per_visitor
FROM events_hour AS h
WHERE project = {project:String} AND kind = 'page'
  AND hour >= toStartOfHour(toDateTime(greatest({t0:DateTime64(3, 'UTC')}, toDateTime64('1970-01-01', 3, 'UTC'))))
  AND hour < toDateTime(least({t1:DateTime64(3, 'UTC')}, toDateTime64('2106-01-01', 3, 'UTC')))
GROUP BY page
ORDER BY views DESC, page
LIMIT {top:UInt32};

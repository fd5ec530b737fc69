-- Question: which errors happen, where, to how many, and since when?
-- Parameters: project String, t0 and t1 DateTime64(3, 'UTC'), top UInt32 (most rows).
-- Columns: error (event name), message (property message, else name), page, occurrences, visitors, first_at, last_at.
-- Example: SELECT * FROM errors(project = 'local', t0 = now64(3) - INTERVAL 1 DAY, t1 = now64(3), top = 20)
CREATE OR REPLACE VIEW errors AS
SELECT event AS error, if(properties['message'] != '', properties['message'], properties['name']) AS message, page,
       count() AS occurrences, uniqExact(visitor_id) AS visitors, min(occurred_at) AS first_at, max(occurred_at) AS last_at
FROM events
WHERE project = {project:String} AND kind = 'error' AND occurred_at >= {t0:DateTime64(3, 'UTC')} AND occurred_at < {t1:DateTime64(3, 'UTC')}
GROUP BY error, message, page
ORDER BY visitors DESC, occurrences DESC, error, message, page
LIMIT {top:UInt32};

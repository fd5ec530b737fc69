-- Question: what did one visitor do, and with which pauses?
-- Ordered by time; events of one millisecond by seq, their place in the request or file, then by id.
-- Parameters: project String, visitor String (visitor_id), t0 and t1 DateTime64(3, 'UTC').
-- Columns: occurred_at, pause_s (since the event before; 0 for the first), type, event, page, referrer, device, user_id, properties, seq, event_id.
-- Example: SELECT * FROM visitor_timeline(project = 'local', visitor = 'anna', t0 = '2026-11-01', t1 = '2026-12-01')
CREATE OR REPLACE VIEW visitor_timeline AS
SELECT
    occurred_at,
    dateDiff('millisecond', lagInFrame(occurred_at, 1, occurred_at) OVER (ORDER BY occurred_at, seq, event_id ROWS BETWEEN 1 PRECEDING AND CURRENT ROW), occurred_at) / 1000 AS pause_s,
    type, event, page, referrer, device, user_id, properties, seq, event_id
FROM events
WHERE project = {project:String} AND visitor_id = {visitor:String} AND occurred_at >= {t0:DateTime64(3, 'UTC')} AND occurred_at < {t1:DateTime64(3, 'UTC')}
ORDER BY occurred_at, seq, event_id;

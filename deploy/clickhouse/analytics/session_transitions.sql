-- Question: what do visitors do after what, within a session? As transitions, without the pairs that lie further apart than the inactivity gap.
-- Events of one millisecond follow each other by seq, their place in the request or file, then by id.
-- Parameters: project String, gap_s UInt32 (the gap that sessions are cut at, in seconds: 1800), t0 and t1 DateTime64(3, 'UTC').
-- Columns: from_name, to_name (the event's name, else its page), transitions, visitors, share (of all that leave from_name), median_s (from one to the next).
-- Example: SELECT * FROM session_transitions(project = 'local', gap_s = 1800, t0 = '2026-11-01', t1 = '2026-12-01') LIMIT 20
CREATE OR REPLACE VIEW session_transitions AS
WITH per_visitor AS
(
    SELECT visitor_id, arraySort(groupArray((toUnixTimestamp64Milli(occurred_at), seq, event_id, if(event != '', toString(event), toString(page))))) AS steps
    FROM events
    WHERE project = {project:String} AND occurred_at >= {t0:DateTime64(3, 'UTC')} AND occurred_at < {t1:DateTime64(3, 'UTC')}
    GROUP BY visitor_id
)
SELECT pair.1.4 AS from_name, pair.2.4 AS to_name, count() AS transitions, uniqExact(visitor_id) AS visitors,
       round(transitions / sum(transitions) OVER (PARTITION BY from_name), 4) AS share,
       round(quantileExactInclusive(0.5)(pair.2.1 - pair.1.1) / 1000, 1) AS median_s
FROM (SELECT visitor_id, arrayJoin(arrayZip(arrayPopBack(steps), arrayPopFront(steps))) AS pair FROM per_visitor WHERE length(steps) > 1)
WHERE pair.2.1 - pair.1.1 <= toInt64({gap_s:UInt32}) * 1000
GROUP BY from_name, to_name
ORDER BY transitions DESC, from_name, to_name;

-- Question: what do visitors do after what? Pairs of an event and the next one of the same visitor, across sessions.
-- Events of one millisecond follow each other by seq, their place in the request or file, then by id.
-- Parameters: project String, t0 and t1 DateTime64(3, 'UTC').
-- Columns: from_name, to_name (the event's name, else its page), transitions, visitors, share (of all that leave from_name).
-- Example: SELECT * FROM transitions(project = 'local', t0 = '2026-11-01', t1 = '2026-12-01') LIMIT 20
CREATE OR REPLACE VIEW transitions AS
WITH per_visitor AS
(
    SELECT visitor_id, arrayMap(x -> x.4, arraySort(groupArray((occurred_at, seq, event_id, if(event != '', toString(event), toString(page)))))) AS names
    FROM events
    WHERE project = {project:String} AND occurred_at >= {t0:DateTime64(3, 'UTC')} AND occurred_at < {t1:DateTime64(3, 'UTC')}
    GROUP BY visitor_id
)
SELECT pair.1 AS from_name, pair.2 AS to_name, count() AS transitions, uniqExact(visitor_id) AS visitors,
       round(transitions / sum(transitions) OVER (PARTITION BY from_name), 4) AS share
FROM (SELECT visitor_id, arrayJoin(arrayZip(arrayPopBack(names), arrayPopFront(names))) AS pair FROM per_visitor WHERE length(names) > 1)
GROUP BY from_name, to_name
ORDER BY transitions DESC, from_name, to_name;

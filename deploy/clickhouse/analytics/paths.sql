-- Question: which ways do sessions take from their beginning, step by step, and where do they end? Edges of a Sankey diagram.
-- Events of one millisecond follow each other by seq, their place in the request or file, then by id.
-- Parameters: project String, gap_s UInt32 (the gap that sessions are cut at, in seconds: 1800), max_steps UInt8, min_sessions UInt32 (rarer edges are left out),
--   t0 and t1 DateTime64(3, 'UTC').
-- Columns: step (1 for the first edge), from_name, to_name ('(end)' when the session ends there), sessions, share (of all at that step that leave from_name).
--   Names are the event's, else its page; repetitions of the same name count as one step.
-- Example: SELECT * FROM paths(project = 'local', gap_s = 1800, max_steps = 4, min_sessions = 5, t0 = '2026-11-01', t1 = '2026-12-01')
CREATE OR REPLACE VIEW paths AS
WITH
    per_visitor AS
    (
        SELECT arraySort(groupArray((toUnixTimestamp64Milli(occurred_at), seq, event_id, if(event != '', toString(event), toString(page))))) AS steps
        FROM events
        WHERE project = {project:String} AND occurred_at >= {t0:DateTime64(3, 'UTC')} AND occurred_at < {t1:DateTime64(3, 'UTC')}
        GROUP BY visitor_id
    ),
    per_session AS
    (
        SELECT arraySlice(arrayCompact(arrayMap(x -> x.4, session)), 1, toUInt16({max_steps:UInt8}) + 1) AS head,
               if(length(head) <= {max_steps:UInt8}, arrayPushBack(head, '(end)'), head) AS names
        FROM (SELECT arrayJoin(arraySplit((x, gap) -> gap > toInt64({gap_s:UInt32}) * 1000, steps, arrayDifference(arrayMap(x -> x.1, steps)))) AS session FROM per_visitor)
    )
SELECT step, from_name, to_name, sessions, share
FROM
(
    SELECT e.1 AS step, e.2 AS from_name, e.3 AS to_name, count() AS sessions, round(sessions / sum(sessions) OVER (PARTITION BY step, from_name), 4) AS share
    FROM (SELECT arrayJoin(arrayMap(i -> (toUInt8(i), names[i], names[i + 1]), range(1, length(names)))) AS e FROM per_session)
    GROUP BY step, from_name, to_name
)
WHERE sessions >= {min_sessions:UInt32}
ORDER BY step, sessions DESC, from_name, to_name;

-- Question: how many visitors take each step of a way, in order, and where do they give up?
-- Parameters: project String, steps Array(String) (2 to 8; names of events, or paths of pages), window_s UInt32 (seconds from the first step to the last; a large number
--   for no limit), t0 and t1 DateTime64(3, 'UTC').
-- Columns: step, step_name, visitors (that came this far in order within the window), visitors_open (that took this step at all), rate_from_start, rate_from_previous,
--   dropped (since the step before).
-- Example: SELECT * FROM funnel(project = 'local', steps = ['catalog', 'cart', 'payment_done'], window_s = 86400, t0 = '2026-11-01', t1 = '2026-12-01')
-- Events of one millisecond follow each other by seq, their place in the request or file, then by id. An event that is two steps, by its name and by its page, takes both.
-- windowFunnel would count steps of one millisecond as in order whatever theirs is, so the walk is written out: for each step, when the latest way that reached it began.
CREATE OR REPLACE VIEW funnel AS
WITH
    {steps:Array(String)} AS st, toInt64({window_s:UInt32}) * 1000 AS window_ms, -9000000000000000 AS never,
    per_visitor AS
    (
        SELECT
            visitor_id,
            groupUniqArray(step) AS taken,
            arrayFold(
                (began, e) -> if(e.4 = 1 OR began[e.4 - 1] >= e.1 - window_ms,
                    arrayMap((at, k) -> if(k != e.4, at, if(k = 1, e.1, began[k - 1])), began, range(1, length(st) + 1)), began),
                arraySort(groupArray((toUnixTimestamp64Milli(occurred_at), seq, event_id, step))),
                arrayMap(s -> toInt64(never), st)) AS ways,
            arrayCount(at -> at > never, ways) AS level
        FROM events
        ARRAY JOIN arrayFilter(k -> st[k] IN (event, if(kind = 'page', page, '')), range(1, length(st) + 1)) AS step
        WHERE project = {project:String} AND occurred_at >= {t0:DateTime64(3, 'UTC')} AND occurred_at < {t1:DateTime64(3, 'UTC')}
          AND ((event != '' AND has(st, event)) OR (kind = 'page' AND page != '' AND has(st, page)))
        GROUP BY visitor_id
    )
SELECT
    k AS step, st[k] AS step_name, countIf(level >= k) AS visitors, countIf(has(taken, k)) AS visitors_open,
    round(visitors / greatest(countIf(level >= 1), 1), 4) AS rate_from_start,
    round(visitors / greatest(countIf(level >= greatest(k - 1, 1)), 1), 4) AS rate_from_previous,
    if(k = 1, 0, countIf(level = k - 1)) AS dropped
FROM per_visitor ARRAY JOIN range(1, length({steps:Array(String)}) + 1) AS k
GROUP BY k
ORDER BY k;

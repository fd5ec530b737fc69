-- Question: how many visitors take each step of a way, in order, and where do they give up?
-- Parameters: project String, steps Array(String) (2 to 8, another number is refused; names of events, or paths of pages), window_s UInt32 (seconds from the first step to the last; a large number
--   for no limit), t0 and t1 DateTime64(3, 'UTC').
-- Columns: step, step_name, visitors (that came this far in order within the window), visitors_open (that took this step at all), rate_from_start, rate_from_previous,
--   dropped (since the step before).
-- Example: SELECT * FROM funnel(project = 'local', steps = ['catalog', 'cart', 'payment_done'], window_s = 86400, t0 = '2026-11-01', t1 = '2026-12-01')
-- Steps at the same millisecond count as in order.
CREATE OR REPLACE VIEW funnel AS
WITH
    {steps:Array(String)} AS st,
    per_visitor AS
    (
        SELECT
            visitor_id,
            windowFunnel(toUInt64({window_s:UInt32}) * 1000)(
                toUInt64(toUnixTimestamp64Milli(occurred_at)),
                has([event, if(kind = 'page', page, '')], st[1]) AND st[1] != '', has([event, if(kind = 'page', page, '')], st[2]) AND st[2] != '',
                has([event, if(kind = 'page', page, '')], st[3]) AND st[3] != '', has([event, if(kind = 'page', page, '')], st[4]) AND st[4] != '',
                has([event, if(kind = 'page', page, '')], st[5]) AND st[5] != '', has([event, if(kind = 'page', page, '')], st[6]) AND st[6] != '',
                has([event, if(kind = 'page', page, '')], st[7]) AND st[7] != '', has([event, if(kind = 'page', page, '')], st[8]) AND st[8] != '') AS level,
            groupUniqArray(if(has(st, event), event, page)) AS names
        FROM events
        -- A subquery is evaluated once, also where no row is read.
        WHERE (SELECT throwIf(length({steps:Array(String)}) NOT BETWEEN 2 AND 8, 'funnel: steps has 2 to 8 names')) = 0
          AND project = {project:String} AND occurred_at >= {t0:DateTime64(3, 'UTC')} AND occurred_at < {t1:DateTime64(3, 'UTC')}
          AND ((event != '' AND has(st, event)) OR (kind = 'page' AND page != '' AND has(st, page)))
        GROUP BY visitor_id
    )
SELECT
    k AS step, st[k] AS step_name, countIf(level >= k) AS visitors, countIf(has(names, st[k])) AS visitors_open,
    round(visitors / greatest(countIf(level >= 1), 1), 4) AS rate_from_start,
    round(visitors / greatest(countIf(level >= greatest(k - 1, 1)), 1), 4) AS rate_from_previous,
    if(k = 1, 0, countIf(level = k - 1)) AS dropped
FROM per_visitor ARRAY JOIN range(1, length({steps:Array(String)}) + 1) AS k
GROUP BY k
ORDER BY k;

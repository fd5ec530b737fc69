-- Question: how many visitors take each step of a way, in order, and where do they give up?
-- Parameters: project String, steps Array(String) (2 to 8, another number is refused; names of events, or paths of pages), window_s UInt32 (seconds from the first step to the last; a large number
--   for no limit), t0 and t1 DateTime64(3, 'UTC').
-- Columns: step, step_name, visitors (that came this far in order within the window), visitors_open (that took this step at all), rate_from_start, rate_from_previous,
--   dropped (since the step before).
-- Example: SELECT * FROM funnel(project = 'local', steps = ['catalog', 'cart', 'payment_done'], window_s = 86400, t0 = '2026-11-01', t1 = '2026-12-01')
-- Events of one millisecond follow each other by seq, their place in the request or file, then by id. An event that is two steps, by its name and by its page, takes both.
-- windowFunnel by itself takes all steps of one time as in order. So it is given finer times: 2^21 ticks a millisecond, and an event's rank (1, 2, ...) among the visitor's events
-- of its millisecond added. The window is 2^20 - 1 ticks longer, which is exact while ranks stay below 2^20: two events W ms apart are then within it, W + 1 ms apart are not.
-- The year 2105 and the longest window fit into 64 bits together.
CREATE OR REPLACE VIEW funnel AS
WITH
    {steps:Array(String)} AS st,
    per_visitor AS
    (
        SELECT
            visitor_id,
            arraySort(groupArray((toUInt64(toUnixTimestamp64Milli(occurred_at)), seq, event_id, taken))) AS walk,
            walk.4 AS steps,
            arrayReduce(
                concat('windowFunnel(', toString(toUInt64({window_s:UInt32}) * 1000 * 2097152 + 1048575), ')'),
                arrayMap((e, rank) -> e.1 * 2097152 + rank, walk, arrayEnumerateUniq(walk.1)),
                arrayMap(s -> bitTest(s, 0), steps), arrayMap(s -> bitTest(s, 1), steps), arrayMap(s -> bitTest(s, 2), steps), arrayMap(s -> bitTest(s, 3), steps),
                arrayMap(s -> bitTest(s, 4), steps), arrayMap(s -> bitTest(s, 5), steps), arrayMap(s -> bitTest(s, 6), steps), arrayMap(s -> bitTest(s, 7), steps)) AS level,
            groupBitOr(taken) AS open
        FROM
        (
            SELECT
                visitor_id, occurred_at, seq, event_id,
                toUInt8(arraySum((s, k) -> if(s != '' AND s IN (event, if(kind = 'page', page, '')), bitShiftLeft(1, k), 0), st, range(length(st)))) AS taken
            FROM events
            -- A subquery is evaluated once, also where no row is read.
            WHERE (SELECT throwIf(length({steps:Array(String)}) NOT BETWEEN 2 AND 8, 'funnel: steps has 2 to 8 names')) = 0
              AND project = {project:String} AND occurred_at >= {t0:DateTime64(3, 'UTC')} AND occurred_at < {t1:DateTime64(3, 'UTC')}
              AND ((event != '' AND has(st, event)) OR (kind = 'page' AND page != '' AND has(st, page)))
        )
        GROUP BY visitor_id
    )
SELECT
    k AS step, st[k] AS step_name, countIf(level >= k) AS visitors, countIf(bitTest(open, k - 1)) AS visitors_open,
    round(visitors / greatest(countIf(level >= 1), 1), 4) AS rate_from_start,
    round(visitors / greatest(countIf(level >= greatest(k - 1, 1)), 1), 4) AS rate_from_previous,
    if(k = 1, 0, countIf(level = k - 1)) AS dropped
FROM per_visitor ARRAY JOIN range(1, length({steps:Array(String)}) + 1) AS k
GROUP BY k
ORDER BY k;

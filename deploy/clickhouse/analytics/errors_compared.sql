-- Question: which errors happen, where, to how many, and how often was it in the period before?
-- Parameters: projects Array(String), t0 and t1 DateTime64(3, 'UTC') (up to, not including, t1; the period before is as long and ends at t0), top UInt32 (most rows).
-- Columns: error (event name), message (property message, else name), page, occurrences, occurrences_before, change (NULL when there was none before: a new error), visitors,
--   last_at. Exact.
-- Example: SELECT * FROM errors_compared(projects = ['local'], t0 = now64(3) - INTERVAL 7 DAY, t1 = now64(3), top = 20)
CREATE OR REPLACE VIEW errors_compared AS
WITH
    greatest({t0:DateTime64(3, 'UTC')}, toDateTime64('1970-01-01', 3, 'UTC')) AS since, least({t1:DateTime64(3, 'UTC')}, toDateTime64('2106-01-01', 3, 'UTC')) AS until,
    fromUnixTimestamp64Milli(greatest(0, 2 * toUnixTimestamp64Milli(since) - toUnixTimestamp64Milli(until)), 'UTC') AS before
SELECT
    toString(event) AS error, if(properties['message'] != '', properties['message'], properties['name']) AS message, toString(e.page) AS page,
    countIf(occurred_at >= since) AS occurrences, countIf(occurred_at < since) AS occurrences_before,
    if(occurrences_before = 0, NULL, round(occurrences / occurrences_before - 1, 4)) AS change,
    uniqExactIf((project, visitor_id), occurred_at >= since) AS visitors, max(occurred_at) AS last_at
FROM events AS e
WHERE project IN {projects:Array(String)} AND kind = 'error' AND occurred_at >= before AND occurred_at < until
GROUP BY error, message, page
HAVING occurrences > 0
ORDER BY visitors DESC, occurrences DESC, error, message, page
LIMIT {top:UInt32};

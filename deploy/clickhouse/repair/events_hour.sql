-- Two statements over the hours from {from} up to, not including, {to}: how many keys disagree with the raw table, and what brings them back.
-- The difference is added, so nothing is deleted and a second run adds nothing: sums take it modulo 2^64, visitor states take the same visitors again unharmed.
-- Keys without rows are no difference: only an undo makes such, and it deletes them. What another process took off them just before would stay as keys of nothing.
SELECT count()
FROM
(
    SELECT project, toStartOfHour(toDateTime(e.occurred_at, 'UTC')) AS hour, e.kind AS kind, e.event AS event, if(e.kind IN ('page', 'error'), e.page, '') AS page, toInt64(count()) AS n
    FROM events AS e WHERE occurred_at >= {from:DateTime64(3, 'UTC')} AND occurred_at < {to:DateTime64(3, 'UTC')} GROUP BY project, hour, kind, event, page
) AS e
LEFT JOIN
(
    SELECT project, hour, kind, event, page, toInt64(sum(r.events)) AS n
    FROM events_hour AS r WHERE hour >= toDateTime({from:DateTime64(3, 'UTC')}) AND hour < toDateTime({to:DateTime64(3, 'UTC')}) GROUP BY project, hour, kind, event, page
) AS r
USING (project, hour, kind, event, page)
WHERE e.n != r.n;

INSERT INTO events_hour (project, hour, kind, event, page, events, visitors)
SELECT project, hour, kind, event, page, toUInt64(e.n - r.n) AS missing, e.visitors AS visitors
FROM
(
    SELECT project, toStartOfHour(toDateTime(e.occurred_at, 'UTC')) AS hour, e.kind AS kind, e.event AS event, if(e.kind IN ('page', 'error'), e.page, '') AS page,
           toInt64(count()) AS n, uniqCombinedState(15)(e.visitor_id) AS visitors
    FROM events AS e WHERE occurred_at >= {from:DateTime64(3, 'UTC')} AND occurred_at < {to:DateTime64(3, 'UTC')} GROUP BY project, hour, kind, event, page
) AS e
LEFT JOIN
(
    SELECT project, hour, kind, event, page, toInt64(sum(r.events)) AS n
    FROM events_hour AS r WHERE hour >= toDateTime({from:DateTime64(3, 'UTC')}) AND hour < toDateTime({to:DateTime64(3, 'UTC')}) GROUP BY project, hour, kind, event, page
) AS r
USING (project, hour, kind, event, page)
WHERE e.n != r.n;

-- As events_hour.sql, for whole days.
SELECT count()
FROM
(
    SELECT project, toDate(occurred_at) AS day, visitor_id, toInt64(count()) AS n, toInt64(countIf(kind = 'page')) AS p, toInt64(countIf(kind = 'action')) AS a,
           toInt64(countIf(kind = 'error')) AS x
    FROM events WHERE occurred_at >= {from:DateTime64(3, 'UTC')} AND occurred_at < {to:DateTime64(3, 'UTC')} GROUP BY project, day, visitor_id
) AS e
LEFT JOIN
(
    SELECT project, day, visitor_id, toInt64(sum(r.events)) AS n, toInt64(sum(r.pages)) AS p, toInt64(sum(r.actions)) AS a, toInt64(sum(r.errors)) AS x
    FROM visitor_day AS r WHERE day >= toDate({from:DateTime64(3, 'UTC')}) AND day < toDate({to:DateTime64(3, 'UTC')}) GROUP BY project, day, visitor_id
) AS r
USING (project, day, visitor_id)
WHERE e.n != r.n OR e.p != r.p OR e.a != r.a OR e.x != r.x;

INSERT INTO visitor_day (project, day, visitor_id, events, pages, actions, errors, first_at, last_at)
SELECT project, day, visitor_id, toUInt64(e.n - r.n), toUInt64(e.p - r.p), toUInt64(e.a - r.a), toUInt64(e.x - r.x), e.first, e.last
FROM
(
    SELECT project, toDate(occurred_at) AS day, visitor_id, toInt64(count()) AS n, toInt64(countIf(kind = 'page')) AS p, toInt64(countIf(kind = 'action')) AS a,
           toInt64(countIf(kind = 'error')) AS x, min(occurred_at) AS first, max(occurred_at) AS last
    FROM events WHERE occurred_at >= {from:DateTime64(3, 'UTC')} AND occurred_at < {to:DateTime64(3, 'UTC')} GROUP BY project, day, visitor_id
) AS e
LEFT JOIN
(
    SELECT project, day, visitor_id, toInt64(sum(r.events)) AS n, toInt64(sum(r.pages)) AS p, toInt64(sum(r.actions)) AS a, toInt64(sum(r.errors)) AS x
    FROM visitor_day AS r WHERE day >= toDate({from:DateTime64(3, 'UTC')}) AND day < toDate({to:DateTime64(3, 'UTC')}) GROUP BY project, day, visitor_id
) AS r
USING (project, day, visitor_id)
WHERE e.n != r.n OR e.p != r.p OR e.a != r.a OR e.x != r.x;

-- As events_hour.sql, against session_rows: rows counts them whatever their sign.
SELECT count()
FROM
(
    SELECT project, toStartOfHour(toDateTime(started_at, 'UTC')) AS hour, device, utm_source, toInt64(count()) AS n, sum(sign) AS s, sum(sign * bounce) AS b,
           sum(sign * (toUnixTimestamp64Milli(ended_at) - toUnixTimestamp64Milli(started_at))) AS d, sum(sign * events) AS v, sum(sign * pages) AS p,
           sum(sign * actions) AS a, sum(sign * errors) AS x
    FROM session_rows WHERE started_at >= {from:DateTime64(3, 'UTC')} AND started_at < {to:DateTime64(3, 'UTC')} GROUP BY project, hour, device, utm_source
) AS e
LEFT JOIN
(
    SELECT project, hour, device, utm_source, sum(r.rows) AS n, sum(r.sessions) AS s, sum(r.bounces) AS b, sum(r.duration_ms) AS d, sum(r.events) AS v, sum(r.pages) AS p,
           sum(r.actions) AS a, sum(r.errors) AS x
    FROM sessions_hour AS r WHERE hour >= toDateTime({from:DateTime64(3, 'UTC')}) AND hour < toDateTime({to:DateTime64(3, 'UTC')}) GROUP BY project, hour, device, utm_source
) AS r
USING (project, hour, device, utm_source)
WHERE e.n != r.n OR e.s != r.s OR e.b != r.b OR e.d != r.d OR e.v != r.v OR e.p != r.p OR e.a != r.a OR e.x != r.x;

INSERT INTO sessions_hour (project, hour, device, utm_source, rows, sessions, bounces, duration_ms, events, pages, actions, errors)
SELECT project, hour, device, utm_source, e.n - r.n, e.s - r.s, e.b - r.b, e.d - r.d, e.v - r.v, e.p - r.p, e.a - r.a, e.x - r.x
FROM
(
    SELECT project, toStartOfHour(toDateTime(started_at, 'UTC')) AS hour, device, utm_source, toInt64(count()) AS n, sum(sign) AS s, sum(sign * bounce) AS b,
           sum(sign * (toUnixTimestamp64Milli(ended_at) - toUnixTimestamp64Milli(started_at))) AS d, sum(sign * events) AS v, sum(sign * pages) AS p,
           sum(sign * actions) AS a, sum(sign * errors) AS x
    FROM session_rows WHERE started_at >= {from:DateTime64(3, 'UTC')} AND started_at < {to:DateTime64(3, 'UTC')} GROUP BY project, hour, device, utm_source
) AS e
LEFT JOIN
(
    SELECT project, hour, device, utm_source, sum(r.rows) AS n, sum(r.sessions) AS s, sum(r.bounces) AS b, sum(r.duration_ms) AS d, sum(r.events) AS v, sum(r.pages) AS p,
           sum(r.actions) AS a, sum(r.errors) AS x
    FROM sessions_hour AS r WHERE hour >= toDateTime({from:DateTime64(3, 'UTC')}) AND hour < toDateTime({to:DateTime64(3, 'UTC')}) GROUP BY project, hour, device, utm_source
) AS r
USING (project, hour, device, utm_source)
WHERE e.n != r.n OR e.s != r.s OR e.b != r.b OR e.d != r.d OR e.v != r.v OR e.p != r.p OR e.a != r.a OR e.x != r.x;

-- Rollups by materialized views: few, each in one pass over the block. Times and counts of the raw rows and of the rollups agree bucket by bucket;
-- the loader compares them after a crash of the engine and rebuilds the buckets that do not (see Rollups.cs, which has the same SELECTs).

-- The page is kept for page views and errors only: every page with every action would make a rollup as large as the raw table.
CREATE TABLE IF NOT EXISTS events_hour
(
    project  LowCardinality(String),
    hour     DateTime('UTC'),
    kind     Enum8('other' = 0, 'page' = 1, 'action' = 2, 'error' = 3),
    event    LowCardinality(String),
    page     LowCardinality(String),
    events   SimpleAggregateFunction(sum, UInt64),
    visitors AggregateFunction(uniqCombined(15), String)
)
ENGINE = AggregatingMergeTree
PARTITION BY toYYYYMM(hour)
ORDER BY (project, hour, kind, event, page)
SETTINGS non_replicated_deduplication_window = 100000;

CREATE MATERIALIZED VIEW IF NOT EXISTS mv_events_hour TO events_hour AS
SELECT project, toStartOfHour(toDateTime(e.occurred_at, 'UTC')) AS hour, e.kind AS kind, e.event AS event, if(e.kind IN ('page', 'error'), e.page, '') AS page,
       count() AS events, uniqCombinedState(15)(e.visitor_id) AS visitors
FROM events AS e
GROUP BY project, hour, kind, event, page;

-- One row per visitor and day: retention, stickiness and lifecycle without touching raw events.
CREATE TABLE IF NOT EXISTS visitor_day
(
    project    LowCardinality(String),
    day        Date,
    visitor_id String CODEC(ZSTD(1)),
    events     SimpleAggregateFunction(sum, UInt64),
    pages      SimpleAggregateFunction(sum, UInt64),
    actions    SimpleAggregateFunction(sum, UInt64),
    errors     SimpleAggregateFunction(sum, UInt64),
    first_at   SimpleAggregateFunction(min, DateTime64(3, 'UTC')),
    last_at    SimpleAggregateFunction(max, DateTime64(3, 'UTC'))
)
ENGINE = AggregatingMergeTree
PARTITION BY toYYYYMM(day)
ORDER BY (project, day, visitor_id)
SETTINGS non_replicated_deduplication_window = 100000;

CREATE MATERIALIZED VIEW IF NOT EXISTS mv_visitor_day TO visitor_day AS
SELECT project, toDate(e.occurred_at) AS day, e.visitor_id AS visitor_id, count() AS events,
       countIf(e.kind = 'page') AS pages, countIf(e.kind = 'action') AS actions, countIf(e.kind = 'error') AS errors,
       min(e.occurred_at) AS first_at, max(e.occurred_at) AS last_at
FROM events AS e
GROUP BY project, day, visitor_id;

-- Sign-weighted: a retraction takes out exactly what its row had put in.
CREATE TABLE IF NOT EXISTS sessions_hour
(
    project     LowCardinality(String),
    hour        DateTime('UTC'),
    device      LowCardinality(String),
    utm_source  LowCardinality(String),
    rows        Int64,
    sessions    Int64,
    bounces     Int64,
    duration_ms Int64,
    events      Int64,
    pages       Int64,
    actions     Int64,
    errors      Int64
)
ENGINE = SummingMergeTree
PARTITION BY toYYYYMM(hour)
ORDER BY (project, hour, device, utm_source)
SETTINGS non_replicated_deduplication_window = 100000;

CREATE MATERIALIZED VIEW IF NOT EXISTS mv_sessions_hour TO sessions_hour AS
SELECT project, toStartOfHour(toDateTime(s.started_at, 'UTC')) AS hour, s.device AS device, s.utm_source AS utm_source,
       count() AS rows, sum(s.sign) AS sessions, sum(s.sign * s.bounce) AS bounces,
       sum(s.sign * (toUnixTimestamp64Milli(s.ended_at) - toUnixTimestamp64Milli(s.started_at))) AS duration_ms,
       sum(s.sign * s.events) AS events, sum(s.sign * s.pages) AS pages, sum(s.sign * s.actions) AS actions, sum(s.sign * s.errors) AS errors
FROM session_rows AS s
GROUP BY project, hour, device, utm_source;

-- Tables that the loader writes. Names are not qualified: the aggregator runs this in the database it was given (tidemark).
-- Every statement can be run again: a migration that was cut off in the middle starts from its beginning.
-- Rules that hold everywhere:
--   * non_replicated_deduplication_window > 0 on every table a loader or a materialized view writes to. It counts parts, not batches.
--   * log_partition and log_offset name the record of the log that a row came from: every load can be audited and repaired.
--   * retention counts from the day a row was received, not from the day it tells of: imported history stays.

-- Which range of which topic partition is which batch. The first writer of (topic, log_partition, lo) wins; see LoadPlanLog.cs.
-- Old plans fold into the newest of their partition, which has to stay for ever: it says where loading goes on.
CREATE TABLE IF NOT EXISTS load_plan
(
    topic         LowCardinality(String),
    log_partition UInt16,
    lo            UInt64,
    hi            UInt64,
    rows          UInt64,
    state_offset  UInt64,
    owner         String,
    planned_at    DateTime64(3, 'UTC')
)
ENGINE = MergeTree
PRIMARY KEY (topic, log_partition)
ORDER BY (topic, log_partition, lo)
TTL toDateTime(planned_at) + INTERVAL 7 DAY
    GROUP BY topic, log_partition
    SET rows = argMax(rows, lo), state_offset = argMax(state_offset, lo), owner = argMax(owner, lo),
        planned_at = max(planned_at), hi = max(hi), lo = max(lo)
SETTINGS non_replicated_deduplication_window = 100000;

-- Distinct accepted events of both lanes; late ones are in late_events, refused ones in rejected_events.
CREATE TABLE IF NOT EXISTS events
(
    project       LowCardinality(String),
    event_id      UInt64,
    visitor_id    String CODEC(ZSTD(1)),
    user_id       String CODEC(ZSTD(1)),
    type          LowCardinality(String),
    event         LowCardinality(String),
    kind          Enum8('other' = 0, 'page' = 1, 'action' = 2, 'error' = 3),
    occurred_at   DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    received_at   DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    page          LowCardinality(String),
    url           String CODEC(ZSTD(1)),
    title         String CODEC(ZSTD(1)),
    referrer      String CODEC(ZSTD(1)),
    utm_source    LowCardinality(String),
    utm_medium    LowCardinality(String),
    utm_campaign  LowCardinality(String),
    utm_term      LowCardinality(String),
    utm_content   LowCardinality(String),
    device        LowCardinality(String),
    browser       LowCardinality(String),
    os            LowCardinality(String),
    app_version   LowCardinality(String),
    locale        LowCardinality(String),
    bot           Bool,
    skew_ms       Int64 CODEC(T64, ZSTD(1)),
    message_id    String CODEC(ZSTD(1)),
    import_id     LowCardinality(String),
    lane          Enum8('live' = 0, 'history' = 1),
    properties    Map(LowCardinality(String), String) CODEC(ZSTD(1)),
    log_partition UInt16,
    log_offset    UInt64 CODEC(T64, ZSTD(1)),
    INDEX ix_visitor visitor_id TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX ix_offset log_offset TYPE minmax GRANULARITY 1
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(occurred_at)
ORDER BY (project, toDate(occurred_at), visitor_id, occurred_at)
TTL toDateTime(received_at) + INTERVAL 25 MONTH
SETTINGS non_replicated_deduplication_window = 100000, ttl_only_drop_parts = 1;

-- Signed, append-only rows of sessions; people read the view sessions.
CREATE TABLE IF NOT EXISTS session_rows
(
    project       LowCardinality(String),
    session_id    UInt64,
    visitor_id    String CODEC(ZSTD(1)),
    version       UInt32,
    sign          Int8,
    user_id       String CODEC(ZSTD(1)),
    several_users Bool,
    started_at    DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    ended_at      DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    events        UInt32,
    pages         UInt32,
    actions       UInt32,
    errors        UInt32,
    entry_page    LowCardinality(String),
    exit_page     LowCardinality(String),
    referrer      String CODEC(ZSTD(1)),
    utm_source    LowCardinality(String),
    utm_medium    LowCardinality(String),
    utm_campaign  LowCardinality(String),
    utm_term      LowCardinality(String),
    utm_content   LowCardinality(String),
    device        LowCardinality(String),
    bounce        Bool,
    close_reason  Enum8('gap' = 0, 'idle' = 1, 'import_end' = 2, 'pause' = 3, 'max_duration' = 4, 'max_events' = 5),
    continued     Bool,
    absorbed      Array(UInt64),
    import_id     LowCardinality(String),
    lane          Enum8('live' = 0, 'history' = 1),
    emitted_at    DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    log_partition UInt16,
    log_offset    UInt64 CODEC(T64, ZSTD(1)),
    INDEX ix_visitor visitor_id TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX ix_offset log_offset TYPE minmax GRANULARITY 1
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(started_at)
ORDER BY (project, toDate(started_at), visitor_id, started_at)
TTL toDateTime(emitted_at) + INTERVAL 25 MONTH
SETTINGS non_replicated_deduplication_window = 100000, ttl_only_drop_parts = 1;

-- Open sessions of the live lane; a higher revision replaces a lower one, so sending rows twice or late is harmless.
CREATE TABLE IF NOT EXISTS live_session_rows
(
    project       LowCardinality(String),
    session_id    UInt64,
    revision      UInt64,
    deleted       UInt8,
    visitor_id    String,
    user_id       String,
    started_at    DateTime64(3, 'UTC'),
    last_event_at DateTime64(3, 'UTC'),
    events        UInt32,
    pages         UInt32,
    actions       UInt32,
    errors        UInt32,
    entry_page    String,
    current_page  String,
    referrer      String,
    utm_source    LowCardinality(String),
    utm_campaign  LowCardinality(String),
    device        LowCardinality(String),
    updated_at    DateTime64(3, 'UTC')
)
ENGINE = ReplacingMergeTree(revision, deleted)
ORDER BY (project, session_id)
TTL toDateTime(updated_at) + INTERVAL 2 DAY
SETTINGS non_replicated_deduplication_window = 100000;

-- Accepted events that came too late for their session, with the reason.
CREATE TABLE IF NOT EXISTS late_events
(
    project         LowCardinality(String),
    event_id        UInt64,
    visitor_id      String CODEC(ZSTD(1)),
    user_id         String CODEC(ZSTD(1)),
    type            LowCardinality(String),
    event           LowCardinality(String),
    kind            Enum8('other' = 0, 'page' = 1, 'action' = 2, 'error' = 3),
    occurred_at     DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    received_at     DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    page            LowCardinality(String),
    url             String CODEC(ZSTD(1)),
    title           String CODEC(ZSTD(1)),
    referrer        String CODEC(ZSTD(1)),
    utm_source      LowCardinality(String),
    utm_medium      LowCardinality(String),
    utm_campaign    LowCardinality(String),
    utm_term        LowCardinality(String),
    utm_content     LowCardinality(String),
    device          LowCardinality(String),
    browser         LowCardinality(String),
    os              LowCardinality(String),
    app_version     LowCardinality(String),
    locale          LowCardinality(String),
    bot             Bool,
    skew_ms         Int64 CODEC(T64, ZSTD(1)),
    message_id      String CODEC(ZSTD(1)),
    import_id       LowCardinality(String),
    lane            Enum8('live' = 0, 'history' = 1),
    properties      Map(LowCardinality(String), String) CODEC(ZSTD(1)),
    reason          Enum8('beyond_lateness' = 0, 'import_ended' = 1),
    horizon         DateTime64(3, 'UTC'),
    input_partition UInt16,
    input_offset    UInt64,
    log_partition   UInt16,
    log_offset      UInt64
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(received_at)
ORDER BY (project, received_at)
TTL toDateTime(received_at) + INTERVAL 25 MONTH
SETTINGS non_replicated_deduplication_window = 100000, ttl_only_drop_parts = 1;

-- What a door refused, with the reason and the beginning of the original.
CREATE TABLE IF NOT EXISTS rejected_events
(
    project       LowCardinality(String),
    code          LowCardinality(String),
    received_at   DateTime64(3, 'UTC'),
    door          LowCardinality(String),
    request_index Int32,
    import_id     LowCardinality(String),
    size          UInt32,
    hash          UInt64,
    sample        String CODEC(ZSTD(1)),
    log_partition UInt16,
    log_offset    UInt64
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(received_at)
ORDER BY (project, received_at, code)
TTL toDateTime(received_at) + INTERVAL 90 DAY
SETTINGS non_replicated_deduplication_window = 100000, ttl_only_drop_parts = 1;

-- One row per import, partition and kind: 'events' when its events are loaded up to its end marker, 'sessions' when its sessions are.
CREATE TABLE IF NOT EXISTS import_rows
(
    project    LowCardinality(String),
    import_id  String,
    partition  UInt16,
    kind       Enum8('events' = 0, 'sessions' = 1),
    events     UInt64,
    duplicates UInt64,
    late       UInt64,
    sessions   UInt64,
    closed_at  DateTime64(3, 'UTC'),
    log_offset UInt64
)
ENGINE = ReplacingMergeTree(log_offset)
ORDER BY (project, import_id, partition, kind)
SETTINGS non_replicated_deduplication_window = 100000;

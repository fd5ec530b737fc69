-- Imports that are taken back. The rows of an undone import are deleted, partition by partition of each topic, and the rollup buckets that they were in are made anew;
-- see services/Aggregator/Undo/ImportRemoval.cs.

-- One row per undo and topic partition, before anything is deleted and again when all is done (the row with done = 1 replaces the other): how many rows (of session_rows:
-- sessions) the import had there, and in which buckets. After a crash the buckets can be known from here only.
CREATE TABLE IF NOT EXISTS import_undos
(
    project       LowCardinality(String),
    import_id     String,
    generation    UInt16,
    topic         LowCardinality(String),
    log_partition UInt16,
    log_offset    UInt64,
    done          UInt8,
    removed       UInt64,
    hours         Array(DateTime('UTC')),
    days          Array(Date),
    undone_at     DateTime64(3, 'UTC')
)
ENGINE = ReplacingMergeTree(done)
ORDER BY (project, import_id, generation, topic, log_partition)
SETTINGS non_replicated_deduplication_window = 100000;

-- Of which generation of its import a refusal is told: the doors write refusals to any partition, so their order says nothing.
ALTER TABLE rejected_events ADD COLUMN IF NOT EXISTS import_generation UInt16 DEFAULT 0 AFTER import_id;

-- A row of an import that was taken back has no events and sessions, and says how many there were.
ALTER TABLE import_rows
    ADD COLUMN IF NOT EXISTS generation UInt16 DEFAULT 0,
    ADD COLUMN IF NOT EXISTS state Enum8('loaded' = 0, 'undone' = 1) DEFAULT 'loaded',
    ADD COLUMN IF NOT EXISTS removed UInt64 DEFAULT 0;

-- Place of an event in its request, message or file: events are ordered by (occurred_at, seq, event_id). Rows of the version before have none and keep their order, by id.
ALTER TABLE events
    ADD COLUMN IF NOT EXISTS seq UInt32 DEFAULT 0 CODEC(T64, ZSTD(1)) AFTER occurred_at;
ALTER TABLE late_events
    ADD COLUMN IF NOT EXISTS seq UInt32 DEFAULT 0 CODEC(T64, ZSTD(1)) AFTER occurred_at;

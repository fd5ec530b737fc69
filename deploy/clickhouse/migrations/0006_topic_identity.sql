-- Which topic of its name a plan is of (the log's identity; empty in plans of versions that did not keep it), and where and
-- by whom the sessionizer's commit records go on after it (state_writer 0: not kept).
-- lo and hi are life × 2^48 + offset, as log_offset is in every table: life counts the topics of that name that were deleted and begun anew, and is 0 for most.
ALTER TABLE load_plan
    ADD COLUMN IF NOT EXISTS topic_id String DEFAULT '' AFTER state_offset,
    ADD COLUMN IF NOT EXISTS state_next UInt64 DEFAULT 0 AFTER topic_id,
    ADD COLUMN IF NOT EXISTS state_writer Int64 DEFAULT 0 AFTER state_next;

ALTER TABLE load_plan
    MODIFY TTL toDateTime(planned_at) + INTERVAL 7 DAY
    GROUP BY topic, log_partition
    SET rows = argMax(rows, lo), state_offset = argMax(state_offset, lo), topic_id = argMax(topic_id, lo), state_next = argMax(state_next, lo),
        state_writer = argMax(state_writer, lo), owner = argMax(owner, lo),
        planned_at = max(planned_at), hi = max(hi), lo = max(lo);

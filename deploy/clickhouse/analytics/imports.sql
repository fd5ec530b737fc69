-- Question: what became of an import? One row per partition and kind: 'events' when all its events are loaded, 'sessions' when all its sessions are.
-- Parameters: none.
-- Columns: project, import_id, partition, kind, events (distinct), duplicates and late (kind 'sessions' only), sessions (kind 'sessions' only), closed_at,
--          state ('loaded', or 'undone' when the import was taken back: then the numbers before are 0 and closed_at is the time of the undo),
--          generation (how often the import had been taken back before), removed (events or sessions that the undo took away).
-- Example: SELECT kind, count() AS partitions, sum(events) AS events, sum(sessions) AS sessions FROM imports WHERE project = 'local' AND import_id = 'may' AND state = 'loaded' GROUP BY kind
CREATE OR REPLACE VIEW imports AS
SELECT project, import_id, partition, kind, events, duplicates, late, sessions, closed_at, state, generation, removed
FROM import_rows FINAL;

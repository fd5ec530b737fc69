-- What visitors came with: browser, system and version of the application, of sessions as they were of events. Rows that were there before have none.
ALTER TABLE session_rows
    ADD COLUMN IF NOT EXISTS browser LowCardinality(String) AFTER device,
    ADD COLUMN IF NOT EXISTS os LowCardinality(String) AFTER browser,
    ADD COLUMN IF NOT EXISTS app_version LowCardinality(String) AFTER os;
ALTER TABLE live_session_rows
    ADD COLUMN IF NOT EXISTS browser LowCardinality(String) AFTER device,
    ADD COLUMN IF NOT EXISTS os LowCardinality(String) AFTER browser,
    ADD COLUMN IF NOT EXISTS app_version LowCardinality(String) AFTER os;

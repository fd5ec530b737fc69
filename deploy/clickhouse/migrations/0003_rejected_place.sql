-- Where a refused event of the intake topic came in: partition and offset of its message; -1 for HTTP.
ALTER TABLE rejected_events
    ADD COLUMN IF NOT EXISTS input_partition Int32 DEFAULT -1 AFTER sample,
    ADD COLUMN IF NOT EXISTS input_offset Int64 DEFAULT -1 AFTER input_partition;

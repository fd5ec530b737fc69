using static Tidemark.EventLog.RocksDb.Native.RocksDbCalls;

namespace Tidemark.EventLog.RocksDb.Storage;

/// <summary>
/// RocksDB's settings for a log: keys only ever grow, values are whole batches, and what was synced must be there after a crash or be reported. Each is native memory of the caller,
/// who destroys it (<c>rocksdb_options_destroy</c>) once the call that it was made for has returned: RocksDB copies it.
/// </summary>
internal static class StoreOptions
{
    internal static nint Database(RocksDbLogOptions options)
    {
        var database = rocksdb_options_create();
        rocksdb_options_set_create_if_missing(database, 1);
        rocksdb_options_set_create_missing_column_families(database, 1);
        rocksdb_options_set_paranoid_checks(database, 1);
        // All tables are opened at start: a missing or cut one is found then, and named.
        rocksdb_options_set_max_open_files(database, -1);
        rocksdb_options_set_skip_stats_update_on_db_open(database, 1);
        rocksdb_options_set_max_total_wal_size(database, (ulong)options.MaxWalBytes);
        // A record cut off at the end of the write-ahead log is what kill -9 leaves; damage before the end is an error, never a silent end of the log.
        rocksdb_options_set_wal_recovery_mode(database, TolerateCorruptedTailRecords);
        rocksdb_options_set_track_and_verify_wals_in_manifest(database, 1);
        rocksdb_options_set_recycle_log_file_num(database, 0);
        rocksdb_options_set_bytes_per_sync(database, 1 << 20);
        rocksdb_options_increase_parallelism(database, Math.Clamp(Environment.ProcessorCount, 2, 4));
        rocksdb_options_set_stats_dump_period_sec(database, 0);
        rocksdb_options_set_info_log_level(database, LogWarnings);
        rocksdb_options_set_max_log_file_size(database, 1 << 20);
        rocksdb_options_set_keep_log_file_num(database, 4);
        return database;
    }

    internal static nint Family(RocksDbLogOptions options)
    {
        var table = rocksdb_block_based_options_create();
        rocksdb_block_based_options_set_block_size(table, 64 << 10);
        rocksdb_block_based_options_set_no_block_cache(table, 1);
        var family = rocksdb_options_create();
        rocksdb_options_set_compression(family, NoCompression);
        rocksdb_options_set_write_buffer_size(family, (nuint)Math.Max(options.MaxWalBytes / 2, 16L << 20));
        rocksdb_options_set_target_file_size_base(family, 64 << 20);
        rocksdb_options_set_block_based_table_factory(family, table);
        rocksdb_block_based_options_destroy(table);
        return family;
    }
}

using RocksDbSharp;

namespace Tidemark.EventLog.RocksDb.Storage;

/// <summary>RocksDB's settings for a log: keys only ever grow, values are whole batches, and what was synced must be there after a crash or be reported.</summary>
internal static class StoreOptions
{
    internal static DbOptions Database(RocksDbLogOptions options)
    {
        var native = Native.Instance;
        var database = new DbOptions()
            .SetCreateIfMissing(true)
            .SetCreateMissingColumnFamilies(true)
            .SetParanoidChecks(true)
            // All tables are opened at start: a missing or cut one is found then, and named.
            .SetMaxOpenFiles(-1)
            .SkipStatsUpdateOnOpen(true)
            .SetMaxTotalWalSize((ulong)options.MaxWalBytes)
            // A record cut off at the end of the write-ahead log is what kill -9 leaves; damage before the end is an error, never a silent end of the log.
            .SetWalRecoveryMode(Recovery.TolerateCorruptedTailRecords)
            .SetRecycleLogFileNum(0)
            .SetBytesPerSync(1 << 20)
            .IncreaseParallelism(Math.Clamp(Environment.ProcessorCount, 2, 4))
            .SetStatsDumpPeriodSec(0)
            .SetInfoLogLevel(InfoLogLevel.Warn)
            .SetMaxLogFileSize(1 << 20)
            .SetKeepLogFileNum(4);
        native.rocksdb_options_set_track_and_verify_wals_in_manifest(database.Handle, 1);
        return database;
    }

    internal static ColumnFamilyOptions Family(RocksDbLogOptions options, List<object> keepAlive)
    {
        var table = new BlockBasedTableOptions()
            .SetBlockSize(64 << 10)
            .SetNoBlockCache(true);
        keepAlive.Add(table);
        var family = new ColumnFamilyOptions()
            .SetCompression(Compression.No)
            .SetWriteBufferSize((ulong)Math.Max(options.MaxWalBytes / 2, 16L << 20))
            .SetTargetFileSizeBase(64 << 20)
            .SetBlockBasedTableFactory(table);
        keepAlive.Add(family);
        return family;
    }
}

using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Tidemark.EventLog.RocksDb.Native;

/// <summary>
/// The functions of RocksDB's C interface (<c>rocksdb/c.h</c>) that the log calls, out of the library of the package RocksDB. The package's own binding makes and compiles a class of
/// 1,700 functions when it is first touched, which took 0.43 s of every start.
/// A text of an error belongs to the caller, who frees it (<see cref="rocksdb_free"/>); its variable has to be zero before the call.
/// </summary>
internal static unsafe partial class RocksDbCalls
{
    /// <summary>A record cut off at the end of the write-ahead log ends it; damage before the end is an error (<c>WALRecoveryMode</c>).</summary>
    internal const int TolerateCorruptedTailRecords = 0;

    /// <summary><c>InfoLogLevel</c>.</summary>
    internal const int LogWarnings = 2;

    /// <summary><c>CompressionType</c>.</summary>
    internal const int NoCompression = 0;

    private const string Library = "rocksdb";

    // On Alpine the package's library has another name.
    private static readonly string[] _names = [Library, "rocksdb-musl"];

#pragma warning disable CA2255 // The library has to be found whichever function is called first.
    [ModuleInitializer]
    internal static void FindLibrary() => NativeLibrary.SetDllImportResolver(typeof(RocksDbCalls).Assembly, Find);
#pragma warning restore CA2255

    private static nint Find(string name, Assembly assembly, DllImportSearchPath? path)
    {
        if (name != Library)
            return nint.Zero;
        foreach (var candidate in _names)
        {
            if (NativeLibrary.TryLoad(candidate, assembly, path, out var library))
                return library;
        }
        return nint.Zero;
    }

    [LibraryImport(Library)] internal static partial nint rocksdb_open_column_families(nint options, byte* path, int count, byte** names, nint* familyOptions, nint* families, nint* error);
    [LibraryImport(Library)] internal static partial byte** rocksdb_list_column_families(nint options, byte* path, nuint* count, nint* error);
    [LibraryImport(Library)] internal static partial void rocksdb_list_column_families_destroy(byte** names, nuint count);
    [LibraryImport(Library)] internal static partial nint rocksdb_create_column_family(nint db, nint options, byte* name, nint* error);
    [LibraryImport(Library)] internal static partial void rocksdb_column_family_handle_destroy(nint family);
    [LibraryImport(Library)] internal static partial void rocksdb_close(nint db);
    [LibraryImport(Library)] internal static partial void rocksdb_free(nint memory);

    [LibraryImport(Library)] internal static partial void rocksdb_write(nint db, nint options, nint batch, nint* error);
    [LibraryImport(Library)] internal static partial void rocksdb_flush_cf(nint db, nint options, nint family, nint* error);
    [LibraryImport(Library)] internal static partial void rocksdb_delete_file_in_range_cf(nint db, nint family, byte* from, nuint fromLength, byte* to, nuint toLength, nint* error);

    [LibraryImport(Library)] internal static partial nint rocksdb_writebatch_create();
    [LibraryImport(Library)] internal static partial void rocksdb_writebatch_destroy(nint batch);
    [LibraryImport(Library)] internal static partial void rocksdb_writebatch_clear(nint batch);
    [LibraryImport(Library)] internal static partial void rocksdb_writebatch_put_cf(nint batch, nint family, byte* key, nuint keyLength, byte* value, nuint valueLength);
    [LibraryImport(Library)] internal static partial void rocksdb_writebatch_delete_range_cf(nint batch, nint family, byte* from, nuint fromLength, byte* to, nuint toLength);

    [LibraryImport(Library)] internal static partial nint rocksdb_create_iterator_cf(nint db, nint options, nint family);
    [LibraryImport(Library)] internal static partial void rocksdb_iter_destroy(nint iterator);
    [LibraryImport(Library)] internal static partial byte rocksdb_iter_valid(nint iterator);
    [LibraryImport(Library)] internal static partial void rocksdb_iter_seek(nint iterator, byte* key, nuint length);
    [LibraryImport(Library)] internal static partial void rocksdb_iter_seek_for_prev(nint iterator, byte* key, nuint length);
    [LibraryImport(Library)] internal static partial void rocksdb_iter_next(nint iterator);
    [LibraryImport(Library)] internal static partial void rocksdb_iter_prev(nint iterator);
    [LibraryImport(Library)] internal static partial byte* rocksdb_iter_key(nint iterator, nuint* length);
    [LibraryImport(Library)] internal static partial byte* rocksdb_iter_value(nint iterator, nuint* length);
    [LibraryImport(Library)] internal static partial void rocksdb_iter_get_error(nint iterator, nint* error);

    [LibraryImport(Library)] internal static partial nint rocksdb_options_create();
    [LibraryImport(Library)] internal static partial void rocksdb_options_destroy(nint options);
    [LibraryImport(Library)] internal static partial void rocksdb_options_set_create_if_missing(nint options, byte value);
    [LibraryImport(Library)] internal static partial void rocksdb_options_set_create_missing_column_families(nint options, byte value);
    [LibraryImport(Library)] internal static partial void rocksdb_options_set_paranoid_checks(nint options, byte value);
    [LibraryImport(Library)] internal static partial void rocksdb_options_set_max_open_files(nint options, int count);
    [LibraryImport(Library)] internal static partial void rocksdb_options_set_skip_stats_update_on_db_open(nint options, byte value);
    [LibraryImport(Library)] internal static partial void rocksdb_options_set_max_total_wal_size(nint options, ulong bytes);
    [LibraryImport(Library)] internal static partial void rocksdb_options_set_wal_recovery_mode(nint options, int mode);
    [LibraryImport(Library)] internal static partial void rocksdb_options_set_track_and_verify_wals_in_manifest(nint options, byte value);
    [LibraryImport(Library)] internal static partial void rocksdb_options_set_recycle_log_file_num(nint options, nuint count);
    [LibraryImport(Library)] internal static partial void rocksdb_options_set_bytes_per_sync(nint options, ulong bytes);
    [LibraryImport(Library)] internal static partial void rocksdb_options_increase_parallelism(nint options, int threads);
    [LibraryImport(Library)] internal static partial void rocksdb_options_set_stats_dump_period_sec(nint options, uint seconds);
    [LibraryImport(Library)] internal static partial void rocksdb_options_set_info_log_level(nint options, int level);
    [LibraryImport(Library)] internal static partial void rocksdb_options_set_max_log_file_size(nint options, nuint bytes);
    [LibraryImport(Library)] internal static partial void rocksdb_options_set_keep_log_file_num(nint options, nuint count);
    [LibraryImport(Library)] internal static partial void rocksdb_options_set_compression(nint options, int type);
    [LibraryImport(Library)] internal static partial void rocksdb_options_set_write_buffer_size(nint options, nuint bytes);
    [LibraryImport(Library)] internal static partial void rocksdb_options_set_target_file_size_base(nint options, ulong bytes);
    [LibraryImport(Library)] internal static partial void rocksdb_options_set_block_based_table_factory(nint options, nint table);

    [LibraryImport(Library)] internal static partial nint rocksdb_block_based_options_create();
    [LibraryImport(Library)] internal static partial void rocksdb_block_based_options_destroy(nint table);
    [LibraryImport(Library)] internal static partial void rocksdb_block_based_options_set_block_size(nint table, nuint bytes);
    [LibraryImport(Library)] internal static partial void rocksdb_block_based_options_set_no_block_cache(nint table, byte value);

    [LibraryImport(Library)] internal static partial nint rocksdb_readoptions_create();
    [LibraryImport(Library)] internal static partial void rocksdb_readoptions_destroy(nint options);
    [LibraryImport(Library)] internal static partial void rocksdb_readoptions_set_verify_checksums(nint options, byte value);
    [LibraryImport(Library)] internal static partial void rocksdb_readoptions_set_fill_cache(nint options, byte value);
    [LibraryImport(Library)] internal static partial void rocksdb_readoptions_set_readahead_size(nint options, nuint bytes);

    [LibraryImport(Library)] internal static partial nint rocksdb_writeoptions_create();
    [LibraryImport(Library)] internal static partial void rocksdb_writeoptions_destroy(nint options);
    [LibraryImport(Library)] internal static partial void rocksdb_writeoptions_set_sync(nint options, byte value);

    [LibraryImport(Library)] internal static partial nint rocksdb_flushoptions_create();
    [LibraryImport(Library)] internal static partial void rocksdb_flushoptions_destroy(nint options);
    [LibraryImport(Library)] internal static partial void rocksdb_flushoptions_set_wait(nint options, byte value);
}

using System.Runtime.InteropServices;

namespace Tidemark.ClickHouse.Embedded.Native;

/// <summary>libchdb's C interface: UTF-8, lengths in bytes. The library itself is found by <see cref="EngineLibrary"/>.</summary>
internal static unsafe partial class Chdb
{
    public const string Library = "chdb";

    [LibraryImport(Library)]
    public static partial void chdb_set_signal_handlers_enabled(int enabled);

    /// <summary>Gives a pointer to the connection, or null without a reason.</summary>
    [LibraryImport(Library)]
    public static partial nint* chdb_connect(int argc, byte** argv);

    [LibraryImport(Library)]
    public static partial void chdb_close_conn(nint* connection);

    [LibraryImport(Library)]
    public static partial int chdb_shutdown();

    [LibraryImport(Library)]
    public static partial nint chdb_query_with_params_n(nint connection, byte* sql, nuint sqlLength, byte* format, nuint formatLength,
        byte** names, nuint* nameLengths, byte** values, nuint* valueLengths, nuint count);

    [LibraryImport(Library)]
    public static partial nint chdb_stream_query_with_params_n(nint connection, byte* sql, nuint sqlLength, byte* format, nuint formatLength,
        byte** names, nuint* nameLengths, byte** values, nuint* valueLengths, nuint count);

    [LibraryImport(Library)]
    public static partial nint chdb_stream_fetch_result(nint connection, nint stream);

    [LibraryImport(Library)]
    public static partial void chdb_stream_cancel_query(nint connection, nint stream);

    [LibraryImport(Library)]
    public static partial nint chdb_stream_insert_with_params_n(nint connection, byte* sql, nuint sqlLength, byte* format, nuint formatLength,
        byte** names, nuint* nameLengths, byte** values, nuint* valueLengths, nuint count);

    [LibraryImport(Library)]
    public static partial int chdb_stream_append(nint stream, byte* data, nuint length);

    [LibraryImport(Library)]
    public static partial nint chdb_stream_done(nint stream);

    [LibraryImport(Library)]
    public static partial nint chdb_stream_insert_error(nint stream);

    [LibraryImport(Library)]
    public static partial void chdb_stream_cancel_insert(nint stream);

    [LibraryImport(Library)]
    public static partial void chdb_destroy_insert_stream(nint stream);

    [LibraryImport(Library)]
    public static partial int chdb_classify_query_n(nint connection, byte* sql, nuint sqlLength, byte* database, nuint databaseLength,
        Classification* classification);

    [LibraryImport(Library)]
    public static partial nint chdb_result_buffer(nint result);

    [LibraryImport(Library)]
    public static partial nuint chdb_result_length(nint result);

    [LibraryImport(Library)]
    public static partial nint chdb_result_error(nint result);

    [LibraryImport(Library)]
    public static partial ulong chdb_result_rows_read(nint result);

    [LibraryImport(Library)]
    public static partial ulong chdb_result_bytes_read(nint result);

    [LibraryImport(Library)]
    public static partial ulong chdb_result_storage_rows_read(nint result);

    [LibraryImport(Library)]
    public static partial ulong chdb_result_storage_bytes_read(nint result);

    [LibraryImport(Library)]
    public static partial ulong chdb_result_rows_written(nint result);

    [LibraryImport(Library)]
    public static partial ulong chdb_result_bytes_written(nint result);

    [LibraryImport(Library)]
    public static partial double chdb_result_elapsed(nint result);

    [LibraryImport(Library)]
    public static partial void chdb_destroy_query_result(nint result);

    /// <summary>What the engine's parser says of a text; <c>Size</c> must be set to 16 before the call.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Classification
    {
        public uint Size;
        public uint Count;
        public uint Flags;
        public uint Class;
    }
}

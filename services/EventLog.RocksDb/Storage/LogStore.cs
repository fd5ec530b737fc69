using System.Runtime.InteropServices;
using static Tidemark.EventLog.RocksDb.Native.RocksDbCalls;

namespace Tidemark.EventLog.RocksDb.Storage;

/// <summary>
/// The open RocksDB instance: reads through short-lived cursors, writes through the one commit thread. Closing waits until no cursor is open, so native memory is
/// never used after it is gone, and no cursor can pin files for longer than one fetch.
/// </summary>
internal sealed unsafe class LogStore : IDisposable
{
    internal const string MetaFamilyName = "default";

    private const int Closing = 1 << 30;
    private readonly nint _db;
    private readonly Dictionary<string, nint> _families;
    private readonly nint _sequential = NewReadOptions();
    private readonly nint _point = NewReadOptions();
    private readonly nint _synced = rocksdb_writeoptions_create();
    private int _leases;

    private LogStore(nint db, Dictionary<string, nint> families, string directory, int readaheadBytes)
    {
        (_db, _families, Directory) = (db, families, directory);
        MetaFamily = ColumnFamily(MetaFamilyName);
        rocksdb_readoptions_set_readahead_size(_sequential, (nuint)readaheadBytes);
        rocksdb_writeoptions_set_sync(_synced, 1);
    }

    internal string Directory { get; }

    internal nint MetaFamily { get; }

    /// <summary>Opens the store with every column family that it has, and makes it when it is not there. Throws what <see cref="StoreErrors.AtOpen"/> makes of an error.</summary>
    internal static LogStore Open(string directory, RocksDbLogOptions options)
    {
        var database = StoreOptions.Database(options);
        var family = StoreOptions.Family(options);
        try
        {
            string[] names = File.Exists(Path.Combine(directory, "CURRENT")) ? Families(database, directory) : [MetaFamilyName];
            var handles = new nint[names.Length];
            var db = Open(database, directory, names, family, handles);
            return new LogStore(db, names.Zip(handles).ToDictionary(static pair => pair.First, static pair => pair.Second), directory, options.ReadChunkBytes);
        }
        finally
        {
            rocksdb_options_destroy(family);
            rocksdb_options_destroy(database);
        }
    }

    internal nint ColumnFamily(string name) => _families[name];

    internal bool HasColumnFamily(string name) => _families.ContainsKey(name);

    internal void CreateColumnFamily(string name, RocksDbLogOptions options)
    {
        var family = StoreOptions.Family(options);
        nint error = 0;
        fixed (byte* text = Utf8Text.Of(name))
        {
            var handle = rocksdb_create_column_family(_db, family, text, &error);
            rocksdb_options_destroy(family);
            if (error != 0)
                throw StoreErrors.AtWrite(Directory, TakeError(error));
            _families.Add(name, handle);
        }
    }

    /// <summary>A cursor over a whole column family. <paramref name="sequential"/>: reads ahead.</summary>
    internal StoreCursor Read(nint columnFamily, bool sequential)
    {
        Enter();
        return new StoreCursor(this, rocksdb_create_iterator_cf(_db, sequential ? _sequential : _point, columnFamily));
    }

    /// <summary>Durable when it returns. Throws what <see cref="StoreErrors.AtWrite"/> makes of an error.</summary>
    internal void Write(StoreBatch batch)
    {
        nint error = 0;
        rocksdb_write(_db, _synced, batch.Handle, &error);
        if (error != 0)
            throw StoreErrors.AtWrite(Directory, TakeError(error));
    }

    /// <summary>Drops table files that lie wholly in the range; what remains of it is the business of a range tombstone.</summary>
    internal void DeleteFiles(nint columnFamily, ReadOnlySpan<byte> from, ReadOnlySpan<byte> to)
    {
        Enter();
        try
        {
            nint error = 0;
            fixed (byte* first = from, last = to)
                rocksdb_delete_file_in_range_cf(_db, columnFamily, first, (nuint)from.Length, last, (nuint)to.Length, &error);
            if (error != 0)
                throw StoreErrors.AtWrite(Directory, TakeError(error));
        }
        finally
        {
            Leave();
        }
    }

    internal void Leave() => Interlocked.Decrement(ref _leases);

    internal static string TakeError(nint error)
    {
        var message = Utf8Text.Read(error);
        rocksdb_free(error);
        return message;
    }

    /// <summary>Waits for open cursors (each lives for one fetch), then closes. Flushes memory first, so that the next start has no log to replay.</summary>
    public void Dispose()
    {
        if ((Interlocked.Or(ref _leases, Closing) & Closing) != 0)
            return;
        var spin = new SpinWait();
        while (Volatile.Read(ref _leases) != Closing)
            spin.SpinOnce();
        Flush();
        foreach (var family in _families.Values)
            rocksdb_column_family_handle_destroy(family);
        rocksdb_close(_db);
        rocksdb_readoptions_destroy(_sequential);
        rocksdb_readoptions_destroy(_point);
        rocksdb_writeoptions_destroy(_synced);
    }

    private static nint NewReadOptions()
    {
        var options = rocksdb_readoptions_create();
        rocksdb_readoptions_set_verify_checksums(options, 1);
        rocksdb_readoptions_set_fill_cache(options, 0);
        return options;
    }

    private static string[] Families(nint database, string directory)
    {
        nint error = 0;
        nuint count = 0;
        byte** names;
        fixed (byte* path = Utf8Text.Of(directory))
            names = rocksdb_list_column_families(database, path, &count, &error);
        if (error != 0)
            throw StoreErrors.AtOpen(directory, TakeError(error));
        var found = new string[count];
        for (var i = 0; i < found.Length; i++)
            found[i] = Utf8Text.Read((nint)names[i]);
        rocksdb_list_column_families_destroy(names, count);
        return found;
    }

    private static nint Open(nint database, string directory, string[] names, nint family, nint[] handles)
    {
        var texts = Array.ConvertAll(names, static name => Marshal.StringToCoTaskMemUTF8(name));
        var options = new nint[names.Length];
        Array.Fill(options, family);
        try
        {
            nint error = 0;
            fixed (byte* path = Utf8Text.Of(directory))
            fixed (nint* text = texts, each = options, made = handles)
            {
                var db = rocksdb_open_column_families(database, path, names.Length, (byte**)text, each, made, &error);
                return error == 0 ? db : throw StoreErrors.AtOpen(directory, TakeError(error));
            }
        }
        finally
        {
            Array.ForEach(texts, Marshal.FreeCoTaskMem);
        }
    }

    private void Flush()
    {
        var options = rocksdb_flushoptions_create();
        rocksdb_flushoptions_set_wait(options, 1);
        foreach (var family in _families.Values)
        {
            // Best effort: what is not flushed is in the write-ahead log. RocksDB frees what it finds in an error variable, so it must be empty each time.
            nint error = 0;
            rocksdb_flush_cf(_db, options, family, &error);
            if (error != 0)
                TakeError(error);
        }
        rocksdb_flushoptions_destroy(options);
    }

    private void Enter()
    {
        if ((Interlocked.Increment(ref _leases) & Closing) == 0)
            return;
        Interlocked.Decrement(ref _leases);
        throw new ObjectDisposedException(nameof(RocksDbEventLog), "The log is closed.");
    }
}

using RocksDbSharp;
using Db = RocksDbSharp.RocksDb;

namespace Tidemark.EventLog.RocksDb.Storage;

/// <summary>
/// The open RocksDB instance: reads through short-lived cursors, writes through the one commit thread. Closing waits until no cursor is open, so native memory is
/// never used after it is gone, and no cursor can pin files for longer than one fetch.
/// </summary>
internal sealed class LogStore : IDisposable
{
    private const int Closing = 1 << 30;
    private static readonly Native _native = Native.Instance;
    private readonly Db _db;
    private readonly List<object> _keepAlive;
    private readonly ReadOptions _sequential;
    private readonly ReadOptions _point = new ReadOptions().SetVerifyChecksums(true).SetFillCache(false);
    private readonly WriteOptions _synced = new WriteOptions().SetSync(true);
    private readonly HashSet<nint> _families = [];
    private int _leases;

    internal LogStore(Db db, string directory, int readaheadBytes, List<object> keepAlive)
    {
        _db = db;
        Directory = directory;
        _keepAlive = keepAlive;
        MetaFamily = ColumnFamily(ColumnFamilies.DefaultName);
        _sequential = new ReadOptions().SetVerifyChecksums(true).SetFillCache(false).SetReadaheadSize((ulong)readaheadBytes);
    }

    internal string Directory { get; }

    internal nint MetaFamily { get; }

    internal nint ColumnFamily(string name)
    {
        var handle = _db.GetColumnFamily(name).Handle;
        _families.Add(handle);
        return handle;
    }

    internal bool HasColumnFamily(string name) => _db.TryGetColumnFamily(name, out _);

    internal void CreateColumnFamily(string name, RocksDbLogOptions options)
    {
        try
        {
            _db.CreateColumnFamily(StoreOptions.Family(options, _keepAlive), name);
        }
        catch (RocksDbException error)
        {
            throw StoreErrors.AtWrite(Directory, error.Message);
        }
    }

    /// <summary>A cursor over a whole column family. <paramref name="sequential"/>: reads ahead.</summary>
    internal StoreCursor Read(nint columnFamily, bool sequential)
    {
        Enter();
        return new StoreCursor(
            this, _native.rocksdb_create_iterator_cf(_db.Handle, (sequential ? _sequential : _point).Handle, columnFamily));
    }

    /// <summary>Durable when it returns. Throws what <see cref="StoreErrors.AtWrite"/> makes of an error.</summary>
    internal void Write(StoreBatch batch)
    {
        var error = nint.Zero;
        _native.rocksdb_write(_db.Handle, _synced.Handle, batch.Handle, out error);
        if (error != nint.Zero)
            throw StoreErrors.AtWrite(Directory, TakeError(error));
    }

    /// <summary>Drops table files that lie wholly in the range; what remains of it is the business of a range tombstone.</summary>
    internal void DeleteFiles(nint columnFamily, ReadOnlySpan<byte> from, ReadOnlySpan<byte> to)
    {
        Enter();
        try
        {
            var error = nint.Zero;
            unsafe
            {
                fixed (byte* first = from, last = to)
                    _native.rocksdb_delete_file_in_range_cf(_db.Handle, columnFamily, first, (nuint)from.Length, last, (nuint)to.Length, out error);
            }
            if (error != nint.Zero)
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
        var message = System.Runtime.InteropServices.Marshal.PtrToStringUTF8(error) ?? "unknown error";
        _native.rocksdb_free(error);
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
        _db.Dispose();
        GC.KeepAlive(_keepAlive);
    }

    private void Flush()
    {
        var options = new FlushOptions().SetWaitForFlush(true);
        foreach (var family in _families)
        {
            // Best effort: what is not flushed is in the write-ahead log. RocksDB frees what it finds in an error variable, so it must be empty each time.
            var error = nint.Zero;
            _native.rocksdb_flush_cf(_db.Handle, options.Handle, family, out error);
            if (error != nint.Zero)
                TakeError(error);
        }
        GC.KeepAlive(options);
    }

    private void Enter()
    {
        if ((Interlocked.Increment(ref _leases) & Closing) == 0)
            return;
        Interlocked.Decrement(ref _leases);
        throw new ObjectDisposedException(nameof(RocksDbEventLog), "The log is closed.");
    }
}

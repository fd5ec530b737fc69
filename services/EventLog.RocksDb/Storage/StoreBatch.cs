using static Tidemark.EventLog.RocksDb.Native.RocksDbCalls;

namespace Tidemark.EventLog.RocksDb.Storage;

/// <summary>One atomic write in the making; reused, so that its native memory is too.</summary>
internal sealed unsafe class StoreBatch : IDisposable
{
    internal nint Handle { get; private set; } = rocksdb_writebatch_create();

    internal bool IsEmpty { get; private set; } = true;

    internal void Put(nint columnFamily, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        fixed (byte* keyData = key, valueData = value)
            rocksdb_writebatch_put_cf(Handle, columnFamily, keyData, (nuint)key.Length, valueData, (nuint)value.Length);
        IsEmpty = false;
    }

    internal void DeleteRange(nint columnFamily, ReadOnlySpan<byte> from, ReadOnlySpan<byte> to)
    {
        fixed (byte* first = from, last = to)
            rocksdb_writebatch_delete_range_cf(Handle, columnFamily, first, (nuint)from.Length, last, (nuint)to.Length);
        IsEmpty = false;
    }

    internal void Clear()
    {
        rocksdb_writebatch_clear(Handle);
        IsEmpty = true;
    }

    public void Dispose()
    {
        if (Handle != nint.Zero)
            rocksdb_writebatch_destroy(Handle);
        Handle = nint.Zero;
    }
}

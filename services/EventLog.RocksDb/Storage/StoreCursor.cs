using static Tidemark.EventLog.RocksDb.Native.RocksDbCalls;

namespace Tidemark.EventLog.RocksDb.Storage;

/// <summary>A position in a column family; spans are valid until it moves. Dispose it soon: it pins files, and closing waits for it.</summary>
internal readonly unsafe ref struct StoreCursor(LogStore store, nint iterator) : IDisposable
{
    internal bool Valid => rocksdb_iter_valid(iterator) != 0;

    internal ReadOnlySpan<byte> Key
    {
        get
        {
            nuint length;
            var data = rocksdb_iter_key(iterator, &length);
            return new ReadOnlySpan<byte>(data, (int)length);
        }
    }

    internal ReadOnlySpan<byte> Value
    {
        get
        {
            nuint length;
            var data = rocksdb_iter_value(iterator, &length);
            return new ReadOnlySpan<byte>(data, (int)length);
        }
    }

    /// <summary>To the first key at or after this one.</summary>
    internal void Seek(ReadOnlySpan<byte> key)
    {
        fixed (byte* data = key)
            rocksdb_iter_seek(iterator, data, (nuint)key.Length);
    }

    /// <summary>To the last key at or before this one.</summary>
    internal void SeekBack(ReadOnlySpan<byte> key)
    {
        fixed (byte* data = key)
            rocksdb_iter_seek_for_prev(iterator, data, (nuint)key.Length);
    }

    internal void Next() => rocksdb_iter_next(iterator);

    internal void Previous() => rocksdb_iter_prev(iterator);

    /// <summary>What stopped the cursor when it is not valid; null at the plain end of the data.</summary>
    internal string? Error()
    {
        var error = nint.Zero;
        rocksdb_iter_get_error(iterator, &error);
        return error == nint.Zero ? null : LogStore.TakeError(error);
    }

    public void Dispose()
    {
        rocksdb_iter_destroy(iterator);
        store.Leave();
    }
}

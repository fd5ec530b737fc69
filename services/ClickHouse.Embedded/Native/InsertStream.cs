using System.Runtime.InteropServices;

namespace Tidemark.ClickHouse.Embedded.Native;

/// <summary>An insert whose data is appended; nothing is committed before <see cref="Done"/>.</summary>
internal sealed unsafe class InsertStream(nint handle) : IDisposable
{
    nint _handle = handle;

    /// <summary>Why the insert could not begin or failed on the way, or null.</summary>
    public string? Error => _handle == 0 ? "Code: 1002. DB::Exception: The engine opened no insert" : Marshal.PtrToStringUTF8(Chdb.chdb_stream_insert_error(_handle));

    /// <summary>Hands over the next bytes; may block. False when the insert has failed.</summary>
    public bool Append(ReadOnlySpan<byte> data)
    {
        fixed (byte* bytes = data)
            return Chdb.chdb_stream_append(_handle, bytes, (nuint)data.Length) == 0;
    }

    public EngineResult Done() => new(Chdb.chdb_stream_done(_handle));

    public void Cancel() => Chdb.chdb_stream_cancel_insert(_handle);

    public void Dispose()
    {
        var handle = Interlocked.Exchange(ref _handle, 0);
        if (handle != 0)
            Chdb.chdb_destroy_insert_stream(handle);
    }
}

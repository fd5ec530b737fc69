using System.Buffers;
using System.Runtime.InteropServices;

namespace Tidemark.ClickHouse.Embedded.Native;

/// <summary>A result that the engine owns: its bytes stay valid until it is disposed.</summary>
internal sealed unsafe class EngineResult(nint handle) : MemoryManager<byte>
{
    nint _handle = handle;

    /// <summary>The engine's error text, or null.</summary>
    public string? Error => _handle == 0 ? "Code: 1002. DB::Exception: The engine gave no result" : Marshal.PtrToStringUTF8(Chdb.chdb_result_error(_handle));

    public int Length => _handle == 0 ? 0 : checked((int)Chdb.chdb_result_length(_handle));

    /// <summary>What ran so far.</summary>
    public QueryStatistics Statistics => _handle == 0 ? default : new QueryStatistics
    {
        ResultRows = Chdb.chdb_result_rows_read(_handle),
        ReadRows = Chdb.chdb_result_storage_rows_read(_handle),
        ReadBytes = Chdb.chdb_result_storage_bytes_read(_handle),
        WrittenRows = Chdb.chdb_result_rows_written(_handle),
        WrittenBytes = Chdb.chdb_result_bytes_written(_handle),
    };

    public override Span<byte> GetSpan() => new((void*)Chdb.chdb_result_buffer(_handle), Length);

    public override MemoryHandle Pin(int elementIndex = 0) => new((byte*)Chdb.chdb_result_buffer(_handle) + elementIndex, pinnable: this);

    // The engine's memory does not move.
    public override void Unpin()
    {
    }

    protected override void Dispose(bool disposing)
    {
        var handle = Interlocked.Exchange(ref _handle, 0);
        if (handle != 0)
            Chdb.chdb_destroy_query_result(handle);
    }
}

using System.Text;

namespace Tidemark.ClickHouse.Embedded.Native;

/// <summary>
/// One connection of the engine. Its calls follow each other and block, so each belongs to one thread at a time
/// (<see cref="Hosting.PooledConnection"/>); only <see cref="Close"/> may come from elsewhere, when nothing runs any more.
/// </summary>
internal sealed unsafe class EngineConnection
{
    static readonly Lock _connecting = new();
    readonly nint* _pointer;

    EngineConnection(nint* pointer) => _pointer = pointer;

    nint Handle => *_pointer;

    /// <summary>Opens a connection on the one data folder of this process; the first one starts the engine.</summary>
    public static EngineConnection Open(IReadOnlyList<string> arguments)
    {
        EngineLibrary.Load();
        lock (_connecting)
        {
            Chdb.chdb_set_signal_handlers_enabled(0);
            using var argv = new PinnedTexts(["clickhouse", .. arguments]);
            var pointer = SignalGuard.Around(() => (nint)Chdb.chdb_connect(argv.Count, argv.Pointers));
            return pointer == 0
                ? throw new EngineException(EngineFailure.Failed, "the engine does not open its data folder; the line before says why")
                : new EngineConnection((nint*)pointer);
        }
    }

    public EngineResult Query(ReadOnlySpan<byte> sql, string format, QueryParameters? parameters = null)
    {
        using var pinned = new PinnedParameters(parameters);
        var name = Encoding.UTF8.GetBytes(format);
        fixed (byte* text = sql, formatText = name)
            return new EngineResult(Chdb.chdb_query_with_params_n(Handle, text, (nuint)sql.Length, formatText, (nuint)name.Length,
                pinned.Names, pinned.NameLengths, pinned.Values, pinned.ValueLengths, pinned.Count));
    }

    public nint OpenStream(ReadOnlySpan<byte> sql, string format, QueryParameters? parameters)
    {
        using var pinned = new PinnedParameters(parameters);
        var name = Encoding.UTF8.GetBytes(format);
        fixed (byte* text = sql, formatText = name)
            return Chdb.chdb_stream_query_with_params_n(Handle, text, (nuint)sql.Length, formatText, (nuint)name.Length,
                pinned.Names, pinned.NameLengths, pinned.Values, pinned.ValueLengths, pinned.Count);
    }

    public EngineResult Fetch(nint stream) => new(Chdb.chdb_stream_fetch_result(Handle, stream));

    public void CancelStream(nint stream) => Chdb.chdb_stream_cancel_query(Handle, stream);

    public InsertStream OpenInsert(ReadOnlySpan<byte> sql, string format, QueryParameters? parameters)
    {
        using var pinned = new PinnedParameters(parameters);
        var name = Encoding.UTF8.GetBytes(format);
        fixed (byte* text = sql, formatText = name)
            return new InsertStream(Chdb.chdb_stream_insert_with_params_n(Handle, text, (nuint)sql.Length, formatText, (nuint)name.Length,
                pinned.Names, pinned.NameLengths, pinned.Values, pinned.ValueLengths, pinned.Count));
    }

    /// <summary>Parses without running: the number of statements and their class.</summary>
    public Chdb.Classification Classify(ReadOnlySpan<byte> sql)
    {
        var classification = new Chdb.Classification { Size = 16 };
        fixed (byte* text = sql)
            _ = Chdb.chdb_classify_query_n(Handle, text, (nuint)sql.Length, null, 0, &classification);
        return classification;
    }

    public void Close() => Chdb.chdb_close_conn(_pointer);
}

using Tidemark.EventLog;

namespace Tidemark.Aggregator.Loading;

/// <summary>
/// Reads on from a position that its caller names each time, without asking the log twice for what a read delivered beyond the last block: a block ends in the
/// middle of a set of records when it is full, and waiting for the first record already delivers it.
/// </summary>
internal sealed class HeldReader(ILogReader reader) : IDisposable
{
    private long _heldFrom;
    private long _heldTo;

    /// <summary>The records of the last read; those before the position asked for are to be passed over.</summary>
    public RecordSet Records => reader.Records;

    public IReadOnlyList<LogTrace> Traces => reader.Traces;

    public bool AtEnd => reader.AtEnd;

    /// <summary>The committed end of the partition as last learnt.</summary>
    public long End => reader.End;

    /// <summary>Committed records from the position on, as last learnt. Offsets behind the last record that hold none do not count.</summary>
    public long Lag(long position) => Math.Max(0, End - (position >= _heldTo ? Math.Max(position, reader.Position) : position));

    /// <summary>True when <see cref="Records"/> has the first record at or after the position; waits at most <paramref name="wait"/> for it.</summary>
    public async ValueTask<bool> ReadAsync(long position, TimeSpan wait, CancellationToken cancellation)
    {
        if (position >= _heldFrom && position < _heldTo)
            return true;
        // Between the held records and the reader's position lie transaction markers only.
        if (position < _heldTo || position > reader.Position)
            reader.Seek(position);
        (_heldFrom, _heldTo) = (position, position);
        if (!await reader.ReadAsync(wait, cancellation))
            return false;
        _heldTo = reader.Records.BaseOffset + reader.Records.Count;
        return true;
    }

    public void Dispose() => reader.Dispose();
}

using Tidemark.Aggregator.Loading;
using Tidemark.Aggregator.Native;
using Tidemark.Aggregator.Plans;
using Tidemark.EventLog;

namespace Tidemark.Aggregator.Tables;

/// <summary>
/// Turns the records of one topic partition into the block of one table. A record becomes a row, a marker that is remembered, or nothing when it cannot be read;
/// the same records always become the same rows, which is what makes a retry a retry.
/// </summary>
internal abstract class TopicBlock(string table, IReadOnlyList<NativeColumn> columns)
{
    public string Table { get; } = table;

    public NativeBlock Block { get; } = new(columns);

    /// <summary>Where the records come from.</summary>
    public TopicPartition Source { get; private set; }

    /// <summary>Which topic of that name, and with it the numbers that the records' offsets have in tables.</summary>
    public TopicLife Life { get; private set; }

    public int Rows => Block.Rows;

    /// <summary>Bytes of the records taken, for the bound on a batch.</summary>
    public long RecordBytes { get; private set; }

    /// <summary>Records that could not be decoded; they stay in the log only.</summary>
    public int Unreadable { get; private set; }

    /// <summary>Ends of imports among the records.</summary>
    public List<ImportMark> Imports { get; } = [];

    /// <summary>Imports taken back; the first record of the block, or none.</summary>
    public List<UndoMark> Undos { get; } = [];

    /// <summary>When the first record was appended to the log, in milliseconds since 1970; 0 when there is none.</summary>
    public long OldestRecordMs { get; private set; }

    /// <summary>The same of the last record.</summary>
    public long NewestRecordMs { get; private set; }

    /// <summary>Stored log offset of each row, as it was added; empty where rows carry none.</summary>
    public abstract ReadOnlySpan<ulong> Offsets { get; }

    /// <summary>Condition that holds for the rows of this topic, where a table takes more than one.</summary>
    public virtual string SourceFilter => "1";

    /// <summary>When the rows' events came in, in milliseconds since 1970; empty where rows are no events.</summary>
    public virtual ReadOnlySpan<long> ReceivedTimes => [];

    /// <summary>Times of the rows, for the rollups that hang on the table.</summary>
    protected virtual ReadOnlySpan<long> EventTimes => [];

    protected RowOrder Sorter { get; } = new();

    /// <summary>The order in which the rows are sent.</summary>
    public abstract ReadOnlyMemory<int> Order();

    /// <summary>Earliest and latest time of the rows, in milliseconds since 1970.</summary>
    public (long First, long Last) Times()
    {
        var (first, last) = (long.MaxValue, long.MinValue);
        foreach (var time in EventTimes)
            (first, last) = (Math.Min(first, time), Math.Max(last, time));
        return (first, last);
    }

    public void Add(in LogRecord record)
    {
        RecordBytes += record.Value.Length;
        OldestRecordMs = OldestRecordMs == 0 ? record.TimestampMs : OldestRecordMs;
        NewestRecordMs = record.TimestampMs;
        try
        {
            if (UndoMark.Is(record.Value))
                Undos.Add(UndoMark.Of(in record, Source, Life));
            else
                Decode(in record);
        }
        catch (InvalidDataException)
        {
            Unreadable++;
        }
    }

    /// <summary>Empties the block for records of another range.</summary>
    public void Begin(TopicPartition source, TopicLife life = default)
    {
        (Source, Life) = (source, life);
        Clear();
    }

    public void Clear()
    {
        Block.Clear();
        Imports.Clear();
        Undos.Clear();
        RecordBytes = 0;
        OldestRecordMs = 0;
        NewestRecordMs = 0;
        Unreadable = 0;
    }

    public void Release()
    {
        Clear();
        Block.Release();
        Sorter.Release();
    }

    /// <summary>Decodes the whole record before it touches a column, so that a damaged one leaves no half row; throws <see cref="InvalidDataException"/>.</summary>
    protected abstract void Decode(in LogRecord record);
}

/// <summary>A row of <c>import_rows</c> that follows from a marker at the stored offset <paramref name="Offset"/>.</summary>
internal sealed record ImportMark(
    string Project, string ImportId, int Generation, int Partition, bool OfSessions, long Events, long Duplicates, long Late, long Sessions, long ClosedAtMs, long Offset);

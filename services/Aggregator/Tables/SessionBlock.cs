using System.Text;
using Tidemark.Contracts;
using Tidemark.Contracts.Imports;
using Tidemark.Contracts.Sessions;
using Tidemark.EventLog;

namespace Tidemark.Aggregator.Tables;

/// <summary>Topic sessions to the table <c>session_rows</c>; the ends of imports on it are remembered as marks.</summary>
internal sealed class SessionBlock : TopicBlock
{
    private readonly SessionColumns _columns;
    private long[] _absorbed = new long[16];

    private SessionBlock(SessionColumns columns)
        : base("session_rows", columns.All)
    {
        _columns = columns;
    }

    public static SessionBlock New() => new(new SessionColumns());

    public override ReadOnlySpan<ulong> Offsets => _columns.LogOffset.Values;

    protected override ReadOnlySpan<long> EventTimes => _columns.StartedAt.Values;

    public override ReadOnlyMemory<int> Order() => Sorter.ByVisitorDay(_columns.Project, _columns.StartedAt, _columns.VisitorId);

    protected override void Decode(in LogRecord record)
    {
        if (ImportClosed.Is(record.Value))
        {
            var closed = ImportClosed.Decode(record.Value);
            Imports.Add(new ImportMark(
                Encoding.UTF8.GetString(closed.Project), Encoding.UTF8.GetString(ImportGeneration.NameOf(closed.ImportId)), ImportGeneration.Of(closed.ImportId), closed.Partition, true,
                closed.Events, closed.Duplicates, closed.Late, closed.Sessions, closed.ClosedAt, Life.Stored(record.Offset)));
            return;
        }
        SessionFields.Decode(record.Value, ref _absorbed, out var s);
        _columns.Add(in s);
        _columns.ImportId.Add(ImportGeneration.NameOf(s.ImportId));
        _columns.Lane.Add((byte)(s.History ? Lane.History : Lane.Live));
        _columns.EmittedAt.Add(record.TimestampMs);
        _columns.LogPartition.Add((ushort)Source.Partition);
        _columns.LogOffset.Add((ulong)Life.Stored(record.Offset));
    }
}

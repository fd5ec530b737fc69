using System.Text;
using Tidemark.Aggregator.Native;
using Tidemark.Contracts;
using Tidemark.Contracts.Events;
using Tidemark.Contracts.Imports;
using Tidemark.EventLog;

namespace Tidemark.Aggregator.Tables;

/// <summary>Topics events and events.history to the table <c>events</c>.</summary>
internal sealed class EventBlock : TopicBlock
{
    private readonly EventColumns _columns;
    private readonly FixedColumn<ushort> _partition;
    private readonly FixedColumn<ulong> _offset;

    private EventBlock(EventColumns columns, FixedColumn<ushort> partition, FixedColumn<ulong> offset)
        : base("events", [.. columns.All, partition, offset])
    {
        (_columns, _partition, _offset) = (columns, partition, offset);
    }

    public static EventBlock New() =>
        new(new EventColumns(), new FixedColumn<ushort>("log_partition", "UInt16"), new FixedColumn<ulong>("log_offset", "UInt64"));

    public override ReadOnlySpan<ulong> Offsets => _offset.Values;

    public override string SourceFilter => $"lane = '{(Source.Topic == Topics.History ? "history" : "live")}'";

    public override ReadOnlySpan<long> ReceivedTimes => _columns.ReceivedAt.Values;

    protected override ReadOnlySpan<long> EventTimes => _columns.OccurredAt.Values;

    public override ReadOnlyMemory<int> Order() => Sorter.ByVisitorDay(_columns.Project, _columns.OccurredAt, _columns.VisitorId);

    protected override void Decode(in LogRecord record)
    {
        if (ImportEnd.Is(record.Value))
        {
            var end = ImportEnd.Decode(record.Value);
            Imports.Add(new ImportMark(
                Encoding.UTF8.GetString(end.Project), Encoding.UTF8.GetString(ImportGeneration.NameOf(end.ImportId)), ImportGeneration.Of(end.ImportId), Source.Partition, false, 0, 0, 0, 0, end.EndedAt, Life.Stored(record.Offset)));
            return;
        }
        EventCodec.Decode(record.Value, out var e);
        _columns.Add(in e, Source.Topic == Topics.History ? Lane.History : Lane.Live);
        _partition.Add((ushort)Source.Partition);
        _offset.Add((ulong)Life.Stored(record.Offset));
    }
}

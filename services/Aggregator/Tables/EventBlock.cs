using System.Text;
using Tidemark.Contracts;
using Tidemark.Contracts.Events;
using Tidemark.Contracts.Imports;
using Tidemark.EventLog;

namespace Tidemark.Aggregator.Tables;

/// <summary>Topics events and events.history to the table <c>events</c>.</summary>
internal sealed class EventBlock : TopicBlock
{
    private readonly EventColumns _columns;

    private EventBlock(EventColumns columns)
        : base("events", columns.All)
    {
        _columns = columns;
    }

    public static EventBlock New() => new(new EventColumns());

    public override ReadOnlySpan<ulong> Offsets => _columns.LogOffset.Values;

    public override string SourceFilter => $"lane = '{Lanes.OfTopic(Source.Topic).Name()}'";

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
        EventFields.Decode(record.Value, out var e);
        _columns.Add(in e);
        _columns.ImportId.Add(ImportGeneration.NameOf(e.ImportId));
        _columns.Lane.Add((byte)Lanes.OfTopic(Source.Topic));
        _columns.LogPartition.Add((ushort)Source.Partition);
        _columns.LogOffset.Add((ulong)Life.Stored(record.Offset));
    }
}

using Tidemark.Contracts;
using Tidemark.Contracts.Events;
using Tidemark.Contracts.Imports;
using Tidemark.Contracts.Sessions;
using Tidemark.EventLog;

namespace Tidemark.Aggregator.Tables;

/// <summary>Topic events.late to the table <c>late_events</c>.</summary>
internal sealed class LateEventBlock : TopicBlock
{
    private readonly EventColumns _event;
    private readonly LateEventColumns _late;

    private LateEventBlock(EventColumns columns, LateEventColumns late)
        : base("late_events", [.. columns.All, .. late.All])
    {
        (_event, _late) = (columns, late);
    }

    public static LateEventBlock New() => new(new EventColumns(), new LateEventColumns());

    public override ReadOnlySpan<ulong> Offsets => _event.LogOffset.Values;

    public override ReadOnlyMemory<int> Order() => Sorter.Arrival(Rows);

    protected override void Decode(in LogRecord record)
    {
        var late = LateEvent.Decode(record.Value);
        EventFields.Decode(late.Event, out var e);
        _event.Add(in e);
        _event.ImportId.Add(ImportGeneration.NameOf(e.ImportId));
        _event.Lane.Add((byte)(late.InputTopic.SequenceEqual("events.history"u8) ? Lane.History : Lane.Live));
        _event.LogPartition.Add((ushort)Source.Partition);
        _event.LogOffset.Add((ulong)Life.Stored(record.Offset));
        _late.Add(in late);
    }
}

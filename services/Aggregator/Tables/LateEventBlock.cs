using Tidemark.Aggregator.Native;
using Tidemark.Contracts.Events;
using Tidemark.Contracts.Sessions;
using Tidemark.EventLog;

namespace Tidemark.Aggregator.Tables;

/// <summary>Topic events.late to the table <c>late_events</c>.</summary>
internal sealed class LateEventBlock : TopicBlock
{
    private readonly EventColumns _event;
    private readonly LateColumns _late;

    private LateEventBlock(EventColumns columns, LateColumns late)
        : base("late_events", [.. columns.All, .. late.All])
    {
        (_event, _late) = (columns, late);
    }

    public static LateEventBlock New() => new(new EventColumns(), new LateColumns());

    public override ReadOnlySpan<ulong> Offsets => _late.Offset.Values;

    public override ReadOnlyMemory<int> Order() => Sorter.Arrival(Rows);

    protected override void Decode(in LogRecord record)
    {
        var late = LateEvent.Decode(record.Value);
        EventCodec.Decode(late.Event, out var e);
        _event.Add(in e, late.InputTopic.SequenceEqual("events.history"u8) ? Lane.History : Lane.Live);
        _late.Reason.Add((byte)late.Reason);
        _late.Horizon.Add(late.Horizon);
        _late.InputPartition.Add((ushort)late.InputPartition);
        _late.InputOffset.Add((ulong)late.InputOffset);
        _late.Partition.Add((ushort)Source.Partition);
        _late.Offset.Add((ulong)Life.Stored(record.Offset));
    }

    private sealed class LateColumns
    {
        public FixedColumn<byte> Reason { get; } = new("reason", "Enum8('beyond_lateness' = 0, 'import_ended' = 1)");

        public FixedColumn<long> Horizon { get; } = new("horizon", "DateTime64(3, 'UTC')");

        public FixedColumn<ushort> InputPartition { get; } = new("input_partition", "UInt16");

        public FixedColumn<ulong> InputOffset { get; } = new("input_offset", "UInt64");

        public FixedColumn<ushort> Partition { get; } = new("log_partition", "UInt16");

        public FixedColumn<ulong> Offset { get; } = new("log_offset", "UInt64");

        public IReadOnlyList<NativeColumn> All => [Reason, Horizon, InputPartition, InputOffset, Partition, Offset];
    }
}

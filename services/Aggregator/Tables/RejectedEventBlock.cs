using Tidemark.Contracts.Events;
using Tidemark.Contracts.Imports;
using Tidemark.EventLog;

namespace Tidemark.Aggregator.Tables;

/// <summary>Topic events.rejected to the table <c>rejected_events</c>.</summary>
internal sealed class RejectedEventBlock : TopicBlock
{
    private readonly RejectedEventColumns _columns;

    private RejectedEventBlock(RejectedEventColumns columns)
        : base("rejected_events", columns.All)
    {
        _columns = columns;
    }

    public static RejectedEventBlock New() => new(new RejectedEventColumns());

    public override ReadOnlySpan<ulong> Offsets => _columns.LogOffset.Values;

    public override ReadOnlyMemory<int> Order() => Sorter.Arrival(Rows);

    protected override void Decode(in LogRecord record)
    {
        var rejected = RejectedEvent.Decode(record.Value);
        _columns.Add(in rejected);
        _columns.ImportId.Add(ImportGeneration.NameOf(rejected.ImportId));
        _columns.ImportGeneration.Add((ushort)Math.Max(0, ImportGeneration.Of(rejected.ImportId)));
        _columns.LogPartition.Add((ushort)Source.Partition);
        _columns.LogOffset.Add((ulong)Life.Stored(record.Offset));
    }
}

using Tidemark.Aggregator.Native;
using Tidemark.Contracts.Events;
using Tidemark.Contracts.Imports;
using Tidemark.EventLog;

namespace Tidemark.Aggregator.Tables;

/// <summary>Topic events.rejected to the table <c>rejected_events</c>.</summary>
internal sealed class RejectedEventBlock : TopicBlock
{
    private readonly RejectedColumns _columns;

    private RejectedEventBlock(RejectedColumns columns)
        : base("rejected_events", columns.All)
    {
        _columns = columns;
    }

    public static RejectedEventBlock New() => new(new RejectedColumns());

    public override ReadOnlySpan<ulong> Offsets => _columns.Offset.Values;

    public override ReadOnlyMemory<int> Order() => Sorter.Arrival(Rows);

    protected override void Decode(in LogRecord record)
    {
        var rejected = RejectedEvent.Decode(record.Value);
        _columns.Project.Add(rejected.Project);
        _columns.Code.Add(rejected.Code);
        _columns.ReceivedAt.Add(rejected.ReceivedAt);
        _columns.Door.Add(rejected.Door);
        _columns.Index.Add(rejected.Index);
        _columns.ImportId.Add(ImportGeneration.NameOf(rejected.ImportId));
        _columns.ImportGeneration.Add((ushort)Math.Max(0, ImportGeneration.Of(rejected.ImportId)));
        _columns.Size.Add((uint)rejected.Size);
        _columns.Hash.Add((ulong)rejected.Hash);
        _columns.Sample.Add(rejected.Sample);
        _columns.InputPartition.Add(rejected.Partition);
        _columns.InputOffset.Add(rejected.Offset);
        _columns.Partition.Add((ushort)Source.Partition);
        _columns.Offset.Add((ulong)Life.Stored(record.Offset));
    }

    private sealed class RejectedColumns
    {
        public LowCardinalityColumn Project { get; } = new("project");

        public LowCardinalityColumn Code { get; } = new("code");

        public FixedColumn<long> ReceivedAt { get; } = new("received_at", "DateTime64(3, 'UTC')");

        public LowCardinalityColumn Door { get; } = new("door");

        public FixedColumn<int> Index { get; } = new("request_index", "Int32");

        public LowCardinalityColumn ImportId { get; } = new("import_id");

        public FixedColumn<ushort> ImportGeneration { get; } = new("import_generation", "UInt16");

        public FixedColumn<uint> Size { get; } = new("size", "UInt32");

        public FixedColumn<ulong> Hash { get; } = new("hash", "UInt64");

        public StringColumn Sample { get; } = new("sample");

        public FixedColumn<int> InputPartition { get; } = new("input_partition", "Int32");

        public FixedColumn<long> InputOffset { get; } = new("input_offset", "Int64");

        public FixedColumn<ushort> Partition { get; } = new("log_partition", "UInt16");

        public FixedColumn<ulong> Offset { get; } = new("log_offset", "UInt64");

        public IReadOnlyList<NativeColumn> All => [Project, Code, ReceivedAt, Door, Index, ImportId, ImportGeneration, Size, Hash, Sample, InputPartition, InputOffset, Partition, Offset];
    }
}

using Tidemark.Contracts.Sessions;
using Tidemark.EventLog;

namespace Tidemark.Aggregator.Tables;

/// <summary>Topic sessions.live to the table <c>live_session_rows</c>.</summary>
internal sealed class LiveSessionBlock : TopicBlock
{
    private readonly LiveSessionColumns _columns;

    private LiveSessionBlock(LiveSessionColumns columns)
        : base("live_session_rows", columns.All)
    {
        _columns = columns;
    }

    public static LiveSessionBlock New() => new(new LiveSessionColumns());

    public override ReadOnlySpan<ulong> Offsets => [];

    public override ReadOnlyMemory<int> Order() => Sorter.Arrival(Rows);

    protected override void Decode(in LogRecord record)
    {
        var live = LiveSession.Decode(record.Value);
        _columns.Add(in live);
        _columns.UpdatedAt.Add(record.TimestampMs);
    }
}

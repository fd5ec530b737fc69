using Tidemark.Aggregator.Native;
using Tidemark.Contracts.Sessions;
using Tidemark.EventLog;

namespace Tidemark.Aggregator.Tables;

/// <summary>Topic sessions.live to the table <c>live_session_rows</c>.</summary>
internal sealed class LiveSessionBlock : TopicBlock
{
    private readonly LiveColumns _columns;

    private LiveSessionBlock(LiveColumns columns)
        : base("live_session_rows", columns.All)
    {
        _columns = columns;
    }

    public static LiveSessionBlock New() => new(new LiveColumns());

    public override ReadOnlySpan<ulong> Offsets => [];

    public override ReadOnlyMemory<int> Order() => Sorter.Arrival(Rows);

    protected override void Decode(in LogRecord record)
    {
        var live = LiveSession.Decode(record.Value);
        _columns.Add(in live, record.TimestampMs);
    }

    private sealed class LiveColumns
    {
        private readonly LowCardinalityColumn _project = new("project");
        private readonly FixedColumn<ulong> _sessionId = new("session_id", "UInt64");
        private readonly FixedColumn<ulong> _revision = new("revision", "UInt64");
        private readonly FixedColumn<byte> _deleted = new("deleted", "UInt8");
        private readonly StringColumn _visitorId = new("visitor_id");
        private readonly StringColumn _userId = new("user_id");
        private readonly FixedColumn<long> _startedAt = new("started_at", "DateTime64(3, 'UTC')");
        private readonly FixedColumn<long> _lastEventAt = new("last_event_at", "DateTime64(3, 'UTC')");
        private readonly FixedColumn<uint> _events = new("events", "UInt32");
        private readonly FixedColumn<uint> _pages = new("pages", "UInt32");
        private readonly FixedColumn<uint> _actions = new("actions", "UInt32");
        private readonly FixedColumn<uint> _errors = new("errors", "UInt32");
        private readonly StringColumn _entryPage = new("entry_page");
        private readonly StringColumn _currentPage = new("current_page");
        private readonly StringColumn _referrer = new("referrer");
        private readonly LowCardinalityColumn _utmSource = new("utm_source");
        private readonly LowCardinalityColumn _utmCampaign = new("utm_campaign");
        private readonly LowCardinalityColumn _device = new("device");
        private readonly FixedColumn<long> _updatedAt = new("updated_at", "DateTime64(3, 'UTC')");

        public IReadOnlyList<NativeColumn> All =>
        [
            _project, _sessionId, _revision, _deleted, _visitorId, _userId, _startedAt, _lastEventAt, _events, _pages, _actions, _errors,
            _entryPage, _currentPage, _referrer, _utmSource, _utmCampaign, _device, _updatedAt,
        ];

        public void Add(in LiveSession live, long updatedAtMs)
        {
            _project.Add(live.Project);
            _sessionId.Add((ulong)live.SessionId);
            _revision.Add((ulong)live.Revision);
            _deleted.Add(live.Deleted ? (byte)1 : (byte)0);
            _visitorId.Add(live.VisitorId);
            _userId.Add(live.UserId);
            _startedAt.Add(live.StartedAt);
            _lastEventAt.Add(live.LastEventAt);
            _events.Add((uint)live.Events);
            _pages.Add((uint)live.Pages);
            _actions.Add((uint)live.Actions);
            _errors.Add((uint)live.Errors);
            _entryPage.Add(live.EntryPage);
            _currentPage.Add(live.CurrentPage);
            _referrer.Add(live.Referrer);
            _utmSource.Add(live.UtmSource);
            _utmCampaign.Add(live.UtmCampaign);
            _device.Add(live.Device);
            _updatedAt.Add(updatedAtMs);
        }
    }
}

using System.Runtime.InteropServices;
using System.Text;
using Tidemark.Aggregator.Native;
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

    public override ReadOnlySpan<ulong> Offsets => _columns.Offset.Values;

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
        SessionCodec.Decode(record.Value, ref _absorbed, out var s);
        _columns.Add(in s, record.TimestampMs, Source.Partition, Life.Stored(record.Offset));
    }

    private sealed class SessionColumns
    {
        private readonly FixedColumn<ulong> _sessionId = new("session_id", "UInt64");
        private readonly FixedColumn<uint> _version = new("version", "UInt32");
        private readonly FixedColumn<sbyte> _sign = new("sign", "Int8");
        private readonly StringColumn _userId = new("user_id");
        private readonly FixedColumn<byte> _severalUsers = new("several_users", "Bool");
        private readonly FixedColumn<long> _endedAt = new("ended_at", "DateTime64(3, 'UTC')");
        private readonly FixedColumn<uint> _events = new("events", "UInt32");
        private readonly FixedColumn<uint> _pages = new("pages", "UInt32");
        private readonly FixedColumn<uint> _actions = new("actions", "UInt32");
        private readonly FixedColumn<uint> _errors = new("errors", "UInt32");
        private readonly LowCardinalityColumn _entryPage = new("entry_page");
        private readonly LowCardinalityColumn _exitPage = new("exit_page");
        private readonly StringColumn _referrer = new("referrer");
        private readonly LowCardinalityColumn _utmSource = new("utm_source");
        private readonly LowCardinalityColumn _utmMedium = new("utm_medium");
        private readonly LowCardinalityColumn _utmCampaign = new("utm_campaign");
        private readonly LowCardinalityColumn _utmTerm = new("utm_term");
        private readonly LowCardinalityColumn _utmContent = new("utm_content");
        private readonly LowCardinalityColumn _device = new("device");
        private readonly FixedColumn<byte> _bounce = new("bounce", "Bool");
        private readonly FixedColumn<byte> _closeReason = new(
            "close_reason", "Enum8('gap' = 0, 'idle' = 1, 'import_end' = 2, 'pause' = 3, 'max_duration' = 4, 'max_events' = 5)");

        private readonly FixedColumn<byte> _continued = new("continued", "Bool");
        private readonly ArrayColumn<ulong> _absorbedIds = new("absorbed", "UInt64");
        private readonly LowCardinalityColumn _importId = new("import_id");
        private readonly FixedColumn<byte> _lane = new("lane", Lanes.ColumnType);
        private readonly FixedColumn<long> _emittedAt = new("emitted_at", "DateTime64(3, 'UTC')");
        private readonly FixedColumn<ushort> _partition = new("log_partition", "UInt16");

        public LowCardinalityColumn Project { get; } = new("project");

        public StringColumn VisitorId { get; } = new("visitor_id");

        public FixedColumn<long> StartedAt { get; } = new("started_at", "DateTime64(3, 'UTC')");

        public FixedColumn<ulong> Offset { get; } = new("log_offset", "UInt64");

        public IReadOnlyList<NativeColumn> All =>
        [
            Project, _sessionId, VisitorId, _version, _sign, _userId, _severalUsers, StartedAt, _endedAt, _events, _pages, _actions, _errors,
            _entryPage, _exitPage, _referrer, _utmSource, _utmMedium, _utmCampaign, _utmTerm, _utmContent, _device, _bounce, _closeReason, _continued,
            _absorbedIds, _importId, _lane, _emittedAt, _partition, Offset,
        ];

        public void Add(in SessionFields s, long emittedAtMs, int partition, long offset)
        {
            Project.Add(s.Project);
            _sessionId.Add((ulong)s.SessionId);
            VisitorId.Add(s.VisitorId);
            _version.Add((uint)s.Version);
            _sign.Add((sbyte)s.Sign);
            _userId.Add(s.UserId);
            _severalUsers.Add(s.SeveralUsers ? (byte)1 : (byte)0);
            StartedAt.Add(s.StartedAt);
            _endedAt.Add(s.EndedAt);
            _events.Add((uint)s.Events);
            _pages.Add((uint)s.Pages);
            _actions.Add((uint)s.Actions);
            _errors.Add((uint)s.Errors);
            _entryPage.Add(s.EntryPage);
            _exitPage.Add(s.ExitPage);
            _referrer.Add(s.Referrer);
            _utmSource.Add(s.UtmSource);
            _utmMedium.Add(s.UtmMedium);
            _utmCampaign.Add(s.UtmCampaign);
            _utmTerm.Add(s.UtmTerm);
            _utmContent.Add(s.UtmContent);
            _device.Add(s.Device);
            _bounce.Add(s.Bounce ? (byte)1 : (byte)0);
            _closeReason.Add((byte)s.CloseReason);
            _continued.Add(s.Continued ? (byte)1 : (byte)0);
            _absorbedIds.Add(MemoryMarshal.Cast<long, ulong>(s.Absorbed));
            _importId.Add(ImportGeneration.NameOf(s.ImportId));
            _lane.Add(s.History ? (byte)Lane.History : (byte)Lane.Live);
            _emittedAt.Add(emittedAtMs);
            _partition.Add((ushort)partition);
            Offset.Add((ulong)offset);
        }
    }
}

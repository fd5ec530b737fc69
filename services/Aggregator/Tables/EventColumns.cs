using Tidemark.Aggregator.Native;
using Tidemark.Contracts.Avro;
using Tidemark.Contracts.Events;
using Tidemark.Contracts.Imports;

namespace Tidemark.Aggregator.Tables;

/// <summary>The columns that <c>events</c> and <c>late_events</c> share, in the order of the migration.</summary>
internal sealed class EventColumns
{
    private readonly FixedColumn<ulong> _eventId = new("event_id", "UInt64");
    private readonly FixedColumn<uint> _seq = new("seq", "UInt32");
    private readonly StringColumn _userId = new("user_id");
    private readonly LowCardinalityColumn _type = new("type");
    private readonly LowCardinalityColumn _event = new("event");
    private readonly FixedColumn<byte> _kind = new("kind", "Enum8('other' = 0, 'page' = 1, 'action' = 2, 'error' = 3)");
    private readonly LowCardinalityColumn _page = new("page");
    private readonly StringColumn _url = new("url");
    private readonly StringColumn _title = new("title");
    private readonly StringColumn _referrer = new("referrer");
    private readonly LowCardinalityColumn _utmSource = new("utm_source");
    private readonly LowCardinalityColumn _utmMedium = new("utm_medium");
    private readonly LowCardinalityColumn _utmCampaign = new("utm_campaign");
    private readonly LowCardinalityColumn _utmTerm = new("utm_term");
    private readonly LowCardinalityColumn _utmContent = new("utm_content");
    private readonly LowCardinalityColumn _device = new("device");
    private readonly LowCardinalityColumn _browser = new("browser");
    private readonly LowCardinalityColumn _os = new("os");
    private readonly LowCardinalityColumn _appVersion = new("app_version");
    private readonly LowCardinalityColumn _locale = new("locale");
    private readonly FixedColumn<byte> _bot = new("bot", "Bool");
    private readonly FixedColumn<long> _skewMs = new("skew_ms", "Int64");
    private readonly StringColumn _messageId = new("message_id");
    private readonly LowCardinalityColumn _importId = new("import_id");
    private readonly FixedColumn<byte> _lane = new("lane", Lanes.ColumnType);
    private readonly MapColumn _properties = new("properties");

    public LowCardinalityColumn Project { get; } = new("project");

    public StringColumn VisitorId { get; } = new("visitor_id");

    public FixedColumn<long> OccurredAt { get; } = new("occurred_at", "DateTime64(3, 'UTC')");

    public FixedColumn<long> ReceivedAt { get; } = new("received_at", "DateTime64(3, 'UTC')");

    public IReadOnlyList<NativeColumn> All =>
    [
        Project, _eventId, VisitorId, _userId, _type, _event, _kind, OccurredAt, _seq, ReceivedAt, _page, _url, _title, _referrer,
        _utmSource, _utmMedium, _utmCampaign, _utmTerm, _utmContent, _device, _browser, _os, _appVersion, _locale, _bot, _skewMs, _messageId,
        _importId, _lane, _properties,
    ];

    /// <summary>Adds a whole row, or throws <see cref="InvalidDataException"/> and adds nothing.</summary>
    public void Add(in EventFields e, Lane lane)
    {
        if (e.Kind is < 0 or > EventKind.Error || e.Type is < 0 or > EventType.Alias)
            throw new InvalidDataException("an event of an unknown kind or type");
        AddProperties(e.Properties);
        Project.Add(e.Project);
        _eventId.Add((ulong)e.EventId);
        VisitorId.Add(e.VisitorId);
        _userId.Add(e.UserId);
        _type.Add(NameOf(e.Type));
        _event.Add(e.Event);
        _kind.Add((byte)e.Kind);
        OccurredAt.Add(e.OccurredAt);
        _seq.Add((uint)e.Seq);
        ReceivedAt.Add(e.ReceivedAt);
        _page.Add(e.Page);
        _url.Add(e.Url);
        _title.Add(e.Title);
        _referrer.Add(e.Referrer);
        _utmSource.Add(e.UtmSource);
        _utmMedium.Add(e.UtmMedium);
        _utmCampaign.Add(e.UtmCampaign);
        _utmTerm.Add(e.UtmTerm);
        _utmContent.Add(e.UtmContent);
        _device.Add(e.Device);
        _browser.Add(e.Browser);
        _os.Add(e.Os);
        _appVersion.Add(e.AppVersion);
        _locale.Add(e.Locale);
        _bot.Add(e.Bot ? (byte)1 : (byte)0);
        _skewMs.Add(e.SkewMs);
        _messageId.Add(e.MessageId);
        _importId.Add(ImportGeneration.NameOf(e.ImportId));
        _lane.Add((byte)lane);
    }

    // Text, not an enumeration: people sort and match it, and an enumeration sorts by its numbers.
    private static ReadOnlySpan<byte> NameOf(EventType type) => type switch
    {
        EventType.Track => "track"u8,
        EventType.Page => "page"u8,
        EventType.Screen => "screen"u8,
        EventType.Identify => "identify"u8,
        EventType.Group => "group"u8,
        _ => "alias"u8,
    };

    private void AddProperties(ReadOnlySpan<byte> encoded)
    {
        try
        {
            var properties = new AvroMapEnumerator(encoded);
            while (properties.MoveNext())
                _properties.AddEntry(properties.Key, properties.Value);
        }
        catch
        {
            _properties.AbandonRow();
            throw;
        }
        _properties.EndRow();
    }
}

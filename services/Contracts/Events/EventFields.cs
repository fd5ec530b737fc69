namespace Tidemark.Contracts.Events;

/// <summary>
/// All fields of an event as spans over somebody else's memory: what a door fills in, and what a reader sees. An absent text is empty.
/// Fields are documented in <c>schemas/event.avsc</c>; times are milliseconds since 1970 UTC.
/// </summary>
public ref struct EventFields
{
    public ReadOnlySpan<byte> Project;
    public ReadOnlySpan<byte> VisitorId;
    public long EventId;
    public long OccurredAt;
    public int Seq;
    public EventKind Kind;
    public ReadOnlySpan<byte> ImportId;
    public ReadOnlySpan<byte> UserId;
    public ReadOnlySpan<byte> Page;
    public ReadOnlySpan<byte> Event;
    public ReadOnlySpan<byte> Referrer;
    public ReadOnlySpan<byte> UtmSource;
    public ReadOnlySpan<byte> UtmMedium;
    public ReadOnlySpan<byte> UtmCampaign;
    public ReadOnlySpan<byte> UtmTerm;
    public ReadOnlySpan<byte> UtmContent;
    public ReadOnlySpan<byte> Device;
    public long ReceivedAt;
    public EventType Type;
    public ReadOnlySpan<byte> MessageId;
    public long SkewMs;
    public ReadOnlySpan<byte> Url;
    public ReadOnlySpan<byte> Title;
    public ReadOnlySpan<byte> Browser;
    public ReadOnlySpan<byte> Os;
    public ReadOnlySpan<byte> AppVersion;
    public ReadOnlySpan<byte> Locale;
    public bool Bot;

    /// <summary>The encoded blocks of the Avro map, its final zero included; empty means an empty map. Walk it with <see cref="Avro.AvroMapEnumerator"/>.</summary>
    public ReadOnlySpan<byte> Properties;
}

namespace Tidemark.Collector.Intake;

/// <summary>
/// What the JSON of one event says, field by field, as spans over the body or the parser's scratch memory. An absent text is empty; times keep the difference
/// between absent and empty, since an empty time is an unreadable one.
/// </summary>
internal ref struct RawEvent
{
    /// <summary>The memory that the reader walks; raw pieces are cut out of it.</summary>
    internal ReadOnlySpan<byte> Json;

    internal ReadOnlySpan<byte> Type;
    internal ReadOnlySpan<byte> Event;
    internal ReadOnlySpan<byte> Name;
    internal ReadOnlySpan<byte> AnonymousId;
    internal ReadOnlySpan<byte> UserId;
    internal ReadOnlySpan<byte> MessageId;
    internal ReadOnlySpan<byte> GroupId;
    internal ReadOnlySpan<byte> PreviousId;
    internal ReadOnlySpan<byte> Category;

    /// <summary>Whether the event itself says which key it is written with; only the intake topic asks.</summary>
    internal bool HasWriteKey;
    internal ReadOnlySpan<byte> WriteKey;

    internal bool HasTimestamp;
    internal ReadOnlySpan<byte> Timestamp;
    internal bool HasOriginalTimestamp;
    internal ReadOnlySpan<byte> OriginalTimestamp;
    internal bool HasSentAt;
    internal ReadOnlySpan<byte> SentAt;

    /// <summary>Line of the imported file; 0 when there was none.</summary>
    internal long Line;

    internal PageFields Properties;
    internal PageFields Page;

    internal ReadOnlySpan<byte> CampaignName;
    internal ReadOnlySpan<byte> CampaignSource;
    internal ReadOnlySpan<byte> CampaignMedium;
    internal ReadOnlySpan<byte> CampaignTerm;
    internal ReadOnlySpan<byte> CampaignContent;
    internal ReadOnlySpan<byte> UserAgent;
    internal ReadOnlySpan<byte> AppVersion;
    internal ReadOnlySpan<byte> Locale;

    /// <summary>True for an event in Avro, which says some things in another way than JSON does: the members below.</summary>
    internal bool IsAvro;
    internal ReadOnlySpan<byte> Project;
    internal long EventId;
    internal long OccurredAt;
    internal ReadOnlySpan<byte> Device;
    internal ReadOnlySpan<byte> Browser;
    internal ReadOnlySpan<byte> Os;
    internal bool Bot;
}

/// <summary>The members that say where an event happened; they stand in <c>properties</c> and in <c>context.page</c>.</summary>
internal ref struct PageFields
{
    internal ReadOnlySpan<byte> Path;
    internal ReadOnlySpan<byte> Url;
    internal ReadOnlySpan<byte> Referrer;
    internal ReadOnlySpan<byte> Title;
    internal ReadOnlySpan<byte> Search;
}

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

    /// <summary>Member <c>_place</c>: the event's place among the records of the imported file, the first is 1; 0 when the event does not say.</summary>
    internal long Place;

    internal StoredFields Stored;

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
    internal int Seq;
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

/// <summary>What an export says of an event that was taken before; see <c>EventParser.Stored.cs</c>. Counts in imports only.</summary>
internal ref struct StoredFields
{
    internal ReadOnlySpan<byte> Id;
    internal int? Seq;
    internal ReadOnlySpan<byte> Device;
    internal ReadOnlySpan<byte> Browser;
    internal ReadOnlySpan<byte> Os;
    internal bool Bot;

    internal readonly bool HasAgent => Bot || !Device.IsEmpty || !Browser.IsEmpty || !Os.IsEmpty;

    /// <summary>The id as it is written: 16 hex digits.</summary>
    internal readonly bool TryId(out long id)
    {
        var is64 = System.Buffers.Text.Utf8Parser.TryParse(Id, out ulong value, out var read, 'x') && read == 16 && Id.Length == 16;
        id = (long)value;
        return is64;
    }
}

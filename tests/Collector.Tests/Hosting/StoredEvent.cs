using System.Text;
using Tidemark.Contracts.Avro;
using Tidemark.Contracts.Events;

namespace Tidemark.Collector.Tests.Hosting;

/// <summary>An event as it came to stand in the log, in types that tests compare easily.</summary>
internal sealed record StoredEvent
{
    internal required string Project { get; init; }
    internal required string VisitorId { get; init; }
    internal required long EventId { get; init; }
    internal required long OccurredAt { get; init; }
    internal required int Seq { get; init; }
    internal required EventKind Kind { get; init; }
    internal required string ImportId { get; init; }
    internal required string UserId { get; init; }
    internal required string Page { get; init; }
    internal required string Event { get; init; }
    internal required string Referrer { get; init; }
    internal required string Utm { get; init; }
    internal required string Device { get; init; }
    internal required long ReceivedAt { get; init; }
    internal required EventType Type { get; init; }
    internal required string MessageId { get; init; }
    internal required long SkewMs { get; init; }
    internal required string Url { get; init; }
    internal required string Title { get; init; }
    internal required string Browser { get; init; }
    internal required string Os { get; init; }
    internal required string AppVersion { get; init; }
    internal required string Locale { get; init; }
    internal required bool Bot { get; init; }
    internal required Dictionary<string, string> Properties { get; init; }

    internal static StoredEvent From(StoredRecord record)
    {
        EventFields.Decode(record.Value, out var e);
        Assert.Equal(Text(e.VisitorId), Text(record.Key));
        var properties = new Dictionary<string, string>();
        var map = new AvroMapEnumerator(e.Properties);
        while (map.MoveNext())
            properties.Add(Text(map.Key), Text(map.Value));
        return new StoredEvent
        {
            Project = Text(e.Project),
            VisitorId = Text(e.VisitorId),
            EventId = e.EventId,
            OccurredAt = e.OccurredAt,
            Seq = e.Seq,
            Kind = e.Kind,
            ImportId = Text(e.ImportId),
            UserId = Text(e.UserId),
            Page = Text(e.Page),
            Event = Text(e.Event),
            Referrer = Text(e.Referrer),
            Utm = string.Join('|', Text(e.UtmSource), Text(e.UtmMedium), Text(e.UtmCampaign), Text(e.UtmTerm), Text(e.UtmContent)),
            Device = Text(e.Device),
            ReceivedAt = e.ReceivedAt,
            Type = e.Type,
            MessageId = Text(e.MessageId),
            SkewMs = e.SkewMs,
            Url = Text(e.Url),
            Title = Text(e.Title),
            Browser = Text(e.Browser),
            Os = Text(e.Os),
            AppVersion = Text(e.AppVersion),
            Locale = Text(e.Locale),
            Bot = e.Bot,
            Properties = properties,
        };
    }

    private static string Text(ReadOnlySpan<byte> utf8) => new UTF8Encoding(false, true).GetString(utf8);
}

using System.Buffers;
using System.Buffers.Text;
using Tidemark.Contracts.Events;
using Tidemark.Contracts.Imports;
using Tidemark.Local.Import.Rows;

namespace Tidemark.Local.Export;

/// <summary>
/// Writes an accepted event as one line of NDJSON in the field names of the doors, so that a collector makes the same event of it again. What a door made by itself
/// (the id of an event without a message id, its place in what brought it, what was kept of the user agent, the stream that its sessions belong to) stands in <c>_stored</c>, which imports honour.
/// </summary>
internal sealed class EventLine
{
    /// <summary>The collector's limit of an event, less what an import adds to the line.</summary>
    public const int LongestLine = (32 << 10) - 64;

    private readonly JsonLine _line = new();

    /// <summary>Adds the line, its end included, to the output; false when it is longer than a collector takes.</summary>
    public bool Write(in EventFields e, bool isLive, ArrayBufferWriter<byte> output)
    {
        Write(in e, isLive, compact: false);
        if (_line.Length > LongestLine || HasLongName(in e))
            Write(in e, isLive, compact: true);
        output.Write(_line.Span);
        output.Write("\n"u8);
        return _line.Length <= LongestLine;
    }

    private static bool HasLongName(in EventFields e)
    {
        var properties = new Contracts.Avro.AvroMapEnumerator(e.Properties);
        while (properties.MoveNext())
        {
            if (properties.Key.Length > EventProperties.LongestName)
                return true;
        }
        return false;
    }

    private void Write(in EventFields e, bool isLive, bool compact)
    {
        var json = _line;
        json.Start();
        json.Text("type"u8, NameOf(e.Type));
        json.Optional(e.Type == EventType.Track ? "event"u8 : "name"u8, e.Event);
        json.Text("anonymousId"u8, e.VisitorId);
        json.Optional("userId"u8, e.UserId);
        Span<byte> text = stackalloc byte[32];
        json.Text("timestamp"u8, text[..ImportTime.Write(e.OccurredAt, text)]);
        json.Optional("messageId"u8, e.MessageId);
        EventProperties.WriteOwn(json, in e);
        Context(json, in e);
        EventProperties.Write(json, in e, compact);
        Stored(json, in e, isLive);
        json.Finish();
    }

    private static void Context(JsonLine json, in EventFields e)
    {
        var context = json.Begin("context"u8);
        var page = json.Begin("page"u8);
        // Of a screen with a name the page is that name, and is made of it again.
        if (e.Type != EventType.Screen || e.Event.IsEmpty)
            json.Optional("path"u8, e.Page);
        json.Optional("url"u8, e.Url);
        json.Optional("title"u8, e.Title);
        json.Optional("referrer"u8, e.Referrer);
        json.End(page);
        var campaign = json.Begin("campaign"u8);
        json.Optional("source"u8, e.UtmSource);
        json.Optional("medium"u8, e.UtmMedium);
        json.Optional("name"u8, e.UtmCampaign);
        json.Optional("term"u8, e.UtmTerm);
        json.Optional("content"u8, e.UtmContent);
        json.End(campaign);
        var app = json.Begin("app"u8);
        json.Optional("version"u8, e.AppVersion);
        json.End(app);
        json.Optional("locale"u8, e.Locale);
        json.End(context);
    }

    private static void Stored(JsonLine json, in EventFields e, bool isLive)
    {
        var stored = json.Begin("_stored"u8);
        if (e.MessageId.IsEmpty)
        {
            Span<byte> id = stackalloc byte[16];
            Utf8Formatter.TryFormat((ulong)e.EventId, id, out _, new StandardFormat('x', 16));
            json.Text("id"u8, id);
        }
        Span<byte> seq = stackalloc byte[11];
        Utf8Formatter.TryFormat(e.Seq, seq, out var digits);
        json.Raw("seq"u8, seq[..digits]);
        json.Optional("device"u8, e.Device);
        json.Optional("browser"u8, e.Browser);
        json.Optional("os"u8, e.Os);
        if (e.Bot)
            json.Raw("bot"u8, "true"u8);
        json.Text("lane"u8, isLive ? "live"u8 : "history"u8);
        json.Optional("import"u8, ImportGeneration.NameOf(e.ImportId));
        json.End(stored);
    }

    private static ReadOnlySpan<byte> NameOf(EventType type) => type switch
    {
        EventType.Track => "track"u8,
        EventType.Page => "page"u8,
        EventType.Screen => "screen"u8,
        EventType.Identify => "identify"u8,
        EventType.Group => "group"u8,
        _ => "alias"u8,
    };
}

using System.Buffers.Text;
using Tidemark.Collector.Agents;
using Tidemark.Collector.Refusals;
using Tidemark.Contracts.Events;
using Tidemark.Contracts.Imports;
using Tidemark.EventLog;

namespace Tidemark.Collector.Intake;

/// <summary>Turns what an event said into the event that is kept, by the rules of type, identity, time and page, and puts it into the append.</summary>
internal sealed class EventAssembler(CollectorOptions options, Random ids)
{
    private readonly EventClock _clock = new(options);
    private readonly byte[] _utm = new byte[options.MaxEventBytes];
    private byte[] _encoded = new byte[4 << 10];

    /// <summary>Events whose time was corrected, since the assembler was made.</summary>
    internal int Skewed { get; private set; }

    /// <param name="raw">What the event says.</param>
    /// <param name="properties">Its properties.</param>
    /// <param name="index">Its place in the request or message.</param>
    /// <param name="source">What is said of all events around it.</param>
    /// <param name="target">Where it is put.</param>
    internal RejectCode Append(in RawEvent raw, PropertyMap properties, int index, EventSource source, AppendRequest target)
    {
        var e = default(EventFields);
        var project = source.Key.Project;
        var code = source.Message?.Projects.Of(raw, out project) ?? RejectCode.None;
        if (code != RejectCode.None)
            return code;
        code = CallType.Read(raw, out e.Type);
        if (code != RejectCode.None)
            return code;
        e.VisitorId = raw.AnonymousId.IsEmpty ? raw.UserId : raw.AnonymousId;
        if (e.VisitorId.IsEmpty)
            return RejectCode.NoIdentity;
        code = _clock.Resolve(source.Lane, raw, source.ReceivedAt, source.Message?.ArrivedAt(source.ReceivedAt) ?? source.ReceivedAt, out e.OccurredAt, out e.SkewMs);
        if (code != RejectCode.None)
            return code;

        e.Project = project;
        e.ImportId = source.ImportId;
        e.UserId = raw.UserId;
        e.MessageId = raw.MessageId;
        e.EventId = IdOf(raw, project, e.VisitorId, index, source);
        e.Seq = SeqOf(raw, index, source);
        e.ReceivedAt = source.ReceivedAt;
        e.Event = e.Type == EventType.Track || raw.Name.IsEmpty ? raw.Event : raw.Name;
        e.Kind = CallType.KindOf(e.Type, e.Event);
        e.AppVersion = raw.AppVersion;
        e.Locale = raw.Locale;
        FillPage(raw, properties, ref e);
        FillAgent(raw, source, ref e);
        e.Properties = properties.Finish();
        if (e.SkewMs != 0)
            Skewed++;

        var most = e.MaxLength;
        if (_encoded.Length < most)
            _encoded = new byte[most * 2];
        target.Add(e.VisitorId, _encoded.AsSpan(0, e.Encode(_encoded)), source.ReceivedAt);
        return RejectCode.None;
    }

    private long IdOf(in RawEvent raw, ReadOnlySpan<byte> project, ReadOnlySpan<byte> visitorId, int index, EventSource source)
    {
        if (!raw.MessageId.IsEmpty)
            return EventIds.OfMessage(project, visitorId, raw.MessageId);
        if (raw.EventId != 0)
            return raw.EventId;
        if (source.PlaceIds && raw.Stored.TryId(out var stored))
            return stored;
        if (source.Message is { } message)
            return message.IdOf(project, visitorId, index);
        if (!source.PlaceIds || raw.Place <= 0)
            return ids.NextInt64(long.MinValue, long.MaxValue);
        Span<byte> id = stackalloc byte[ImportIds.MaxLength + ImportGeneration.MaxSuffixLength + 21];
        source.ImportId.CopyTo(id);
        id[source.ImportId.Length] = (byte)':';
        Utf8Formatter.TryFormat(raw.Place, id[(source.ImportId.Length + 1)..], out var digits);
        return EventIds.OfMessage(project, visitorId, id[..(source.ImportId.Length + 1 + digits)]);
    }

    /// <summary>Place in the file where one was imported, in what brought the event otherwise. What was taken before keeps its place.</summary>
    private static int SeqOf(in RawEvent raw, int index, EventSource source)
    {
        if (raw.IsAvro)
            return raw.Seq;
        if (!source.PlaceIds)
            return index;
        if (raw.Stored.Seq is { } stored)
            return stored;
        return raw.Place > 0 ? (int)Math.Min(raw.Place, int.MaxValue) : index;
    }

    private void FillPage(in RawEvent raw, PropertyMap properties, ref EventFields e)
    {
        var own = raw.Properties;
        var page = raw.Page;
        e.Url = own.Url.IsEmpty ? page.Url : own.Url;
        e.Referrer = own.Referrer.IsEmpty ? page.Referrer : own.Referrer;
        e.Title = own.Title.IsEmpty ? page.Title : own.Title;
        e.Page = Path(own, page);
        if (e.Type == EventType.Screen && !e.Event.IsEmpty)
            e.Page = e.Event;
        Campaign.Fill(raw, e.Url, own.Search.IsEmpty ? page.Search : own.Search, _utm, ref e);

        if (e.Type is not (EventType.Page or EventType.Screen))
            KeepAll(properties, own);
        else if (!own.Search.IsEmpty && e.Url.IndexOf(own.Search) < 0)
            properties.Add(default, "search"u8, own.Search);
        KeepOwn(properties, "groupId"u8, raw.GroupId);
        KeepOwn(properties, "previousId"u8, raw.PreviousId);
        KeepOwn(properties, "category"u8, raw.Category);
    }

    private static ReadOnlySpan<byte> Path(scoped in PageFields own, scoped in PageFields page)
    {
        if (!own.Path.IsEmpty)
            return PageAddress.WithoutQuery(own.Path);
        if (!page.Path.IsEmpty)
            return PageAddress.WithoutQuery(page.Path);
        return PageAddress.PathOf(own.Url.IsEmpty ? page.Url : own.Url);
    }

    /// <summary>Of other calls than page and screen, these members may say something else than where it happened (a file's path, a product's title), so they stay.</summary>
    private static void KeepAll(PropertyMap properties, in PageFields own)
    {
        Keep(properties, "path"u8, own.Path);
        Keep(properties, "url"u8, own.Url);
        Keep(properties, "title"u8, own.Title);
        Keep(properties, "referrer"u8, own.Referrer);
        Keep(properties, "search"u8, own.Search);
    }

    private static void Keep(PropertyMap properties, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (!value.IsEmpty)
            properties.Add(default, name, value);
    }

    /// <summary>Members of the event itself that have no field, unless a property has their name.</summary>
    private static void KeepOwn(PropertyMap properties, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (!value.IsEmpty && !properties.Contains(name))
            properties.Add(default, name, value);
    }

    private static void FillStored(in StoredFields stored, ref EventFields e)
    {
        e.Device = stored.Device;
        e.Browser = stored.Browser;
        e.Os = stored.Os;
        e.Bot = stored.Bot;
    }

    private static void FillAgent(in RawEvent raw, EventSource source, ref EventFields e)
    {
        if (raw.IsAvro)
        {
            e.Device = raw.Device;
            e.Browser = raw.Browser;
            e.Os = raw.Os;
            e.Bot = raw.Bot;
            return;
        }
        if (source.PlaceIds && raw.Stored.HasAgent)
        {
            FillStored(raw.Stored, ref e);
            return;
        }
        var families = UserAgentCache.Shared.Of(raw.UserAgent.IsEmpty ? source.UserAgent : raw.UserAgent);
        e.Device = families.Device;
        e.Browser = families.Browser;
        e.Os = families.Os;
        e.Bot = families.Bot;
    }
}

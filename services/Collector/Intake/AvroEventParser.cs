using System.Text;
using System.Text.Unicode;
using Tidemark.Collector.Refusals;
using Tidemark.Contracts.Avro;
using Tidemark.Contracts.Events;

namespace Tidemark.Collector.Intake;

/// <summary>
/// Reads an event in Avro single-object encoding into a <see cref="RawEvent"/>, under the limits that JSON has. Only what a client can know is taken from it; what the
/// collector decides (kind, receipt, skew, import, the id of a message id) is decided anew. Allocates nothing per event.
/// </summary>
internal sealed class AvroEventParser(CollectorOptions limits)
{
    private static readonly byte[][] _types = [.. Enum.GetNames<EventType>().Select(name => Encoding.ASCII.GetBytes(name.ToLowerInvariant()))];

    // A NUL becomes three bytes.
    private readonly byte[] _scratch = new byte[3 * limits.MaxEventBytes];
    private readonly KeySet _keys = new();
    private int _scratchLength;

    internal PropertyMap Properties { get; } = new();

    /// <summary>NULs replaced since the parser was made.</summary>
    internal int Replaced { get; private set; }

    /// <summary>True when the message begins as a single-object encoding does, and so as no JSON can.</summary>
    internal static bool IsAvro(ReadOnlySpan<byte> message) => message is [0xC3, 0x01, ..];

    internal RejectCode Parse(ReadOnlySpan<byte> message, ref RawEvent raw)
    {
        _scratchLength = 0;
        _keys.Clear();
        Properties.Clear();
        if (message.Length > limits.MaxEventBytes)
            return RejectCode.EventTooLarge;
        if (!AvroReader.TryHeader(message, out _))
            return RejectCode.Avro;
        if (!EventFields.Is(message))
            return RejectCode.Schema;
        try
        {
            EventFields.Decode(message, out var e);
            raw.IsAvro = true;
            raw.Type = _types[(int)e.Type];
            raw.Project = e.Project;
            raw.EventId = e.EventId;
            raw.OccurredAt = e.OccurredAt;
            raw.Seq = e.Seq;
            raw.Bot = e.Bot;
            if (e.Seq < 0)
                return RejectCode.Avro;
            var code = Ids(e, ref raw);
            if (code == RejectCode.None)
                code = Texts(e, ref raw);
            return code == RejectCode.None ? Map(e.Properties) : code;
        }
        catch (InvalidDataException)
        {
            return RejectCode.Avro;
        }
    }

    private RejectCode Ids(in EventFields e, ref RawEvent raw)
    {
        var code = Id(e.VisitorId, ref raw.AnonymousId);
        if (code == RejectCode.None)
            code = Id(e.UserId, ref raw.UserId);
        return code == RejectCode.None ? Id(e.MessageId, ref raw.MessageId) : code;
    }

    private RejectCode Id(ReadOnlySpan<byte> id, ref ReadOnlySpan<byte> target)
    {
        if (id.Length > limits.MaxIdBytes)
            return RejectCode.IdTooLong;
        var code = Text(id, ref target);
        if (code == RejectCode.None && EventParser.IsBlank(target))
            target = default;
        return code;
    }

    private RejectCode Texts(in EventFields e, ref RawEvent raw)
    {
        var code = Text(e.Event, ref raw.Event);
        code = After(code, e.Page, ref raw.Page.Path);
        code = After(code, e.Url, ref raw.Page.Url);
        code = After(code, e.Referrer, ref raw.Page.Referrer);
        code = After(code, e.Title, ref raw.Page.Title);
        code = After(code, e.UtmSource, ref raw.CampaignSource);
        code = After(code, e.UtmMedium, ref raw.CampaignMedium);
        code = After(code, e.UtmCampaign, ref raw.CampaignName);
        code = After(code, e.UtmTerm, ref raw.CampaignTerm);
        code = After(code, e.UtmContent, ref raw.CampaignContent);
        code = After(code, e.AppVersion, ref raw.AppVersion);
        code = After(code, e.Locale, ref raw.Locale);
        code = After(code, e.Browser, ref raw.Browser);
        code = After(code, e.Os, ref raw.Os);
        // A family outside the schema's list says nothing.
        raw.Device = e.Device.SequenceEqual("desktop"u8) || e.Device.SequenceEqual("mobile"u8) || e.Device.SequenceEqual("tablet"u8) || e.Device.SequenceEqual("bot"u8)
            ? e.Device
            : default;
        return code;
    }

    private RejectCode After(RejectCode before, ReadOnlySpan<byte> text, ref ReadOnlySpan<byte> target) => before == RejectCode.None ? Text(text, ref target) : before;

    private RejectCode Text(ReadOnlySpan<byte> text, ref ReadOnlySpan<byte> target)
    {
        if (text.Length > limits.MaxTextBytes)
            return RejectCode.TextTooLong;
        if (!Utf8.IsValid(text))
            return RejectCode.Utf8;
        target = Mended(text);
        return RejectCode.None;
    }

    /// <summary>The flattened properties, encoded again as one block; nothing may follow them.</summary>
    private RejectCode Map(ReadOnlySpan<byte> encoded)
    {
        var reader = new AvroReader(encoded);
        var properties = 0;
        for (var left = Block(ref reader); left > 0; left = Block(ref reader))
        {
            for (; left > 0; left--)
            {
                if (++properties > limits.MaxPropertyKeys)
                    return RejectCode.TooManyKeys;
                var code = Property(reader.Bytes(), reader.Bytes());
                if (code != RejectCode.None)
                    return code;
            }
        }
        return reader.Rest.IsEmpty ? RejectCode.None : RejectCode.Avro;
    }

    /// <summary>How many entries the next block has; a negative count is followed by the block's bytes.</summary>
    private static long Block(ref AvroReader reader)
    {
        var count = reader.Long();
        if (count >= 0)
            return count;
        reader.Long();
        return count == long.MinValue ? throw new InvalidDataException("Avro data has a block of too many entries") : -count;
    }

    private RejectCode Property(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        // Names are flattened already, and an array's JSON may be as long as the event, as at the other doors.
        if (key.IsEmpty || key.Length > EventParser.MaxPathBytes)
            return RejectCode.BadKey;
        if (value.Length > limits.MaxTextBytes && value[0] != '[')
            return RejectCode.TextTooLong;
        if (!Utf8.IsValid(key) || !Utf8.IsValid(value))
            return RejectCode.Utf8;
        if (!_keys.Add(0, key))
            return RejectCode.DuplicateKey;
        Properties.Add(default, Mended(key), Mended(value));
        return RejectCode.None;
    }

    private ReadOnlySpan<byte> Mended(ReadOnlySpan<byte> text)
    {
        if (!text.Contains((byte)0))
            return text;
        var start = _scratchLength;
        foreach (var b in text)
        {
            if (b != 0)
            {
                _scratch[_scratchLength++] = b;
                continue;
            }
            "\uFFFD"u8.CopyTo(_scratch.AsSpan(_scratchLength));
            _scratchLength += 3;
            Replaced++;
        }
        return _scratch.AsSpan(start, _scratchLength - start);
    }
}

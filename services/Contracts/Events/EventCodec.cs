using Tidemark.Contracts.Avro;

namespace Tidemark.Contracts.Events;

/// <summary>
/// Event to and from Avro single-object encoding, byte for byte what Apache.Avro writes for <c>event.avsc</c>. Nothing is allocated in either direction.
/// </summary>
public static class EventCodec
{
    /// <summary>CRC-64-AVRO of <c>event.avsc</c>; a test recomputes it from the file.</summary>
    public const ulong Fingerprint = 0xEA54AF458DBDD15D;

    /// <summary>The first version, without seq.</summary>
    private const ulong FirstFingerprint = 0xE3D596346B6EF432;

    // Sixteen numbers of at most ten bytes, twenty-one lengths of at most five.
    private const int FixedLength = AvroWriter.HeaderLength + 16 * 10 + 21 * 5;

    public static bool IsEvent(ReadOnlySpan<byte> message) => AvroReader.TryHeader(message, out var fingerprint) && fingerprint is Fingerprint or FirstFingerprint;

    /// <summary>Bytes that <see cref="Encode"/> may need at most.</summary>
    public static int MaxLength(in EventFields e) =>
        FixedLength + e.Project.Length + e.VisitorId.Length + e.ImportId.Length + e.UserId.Length + e.Page.Length + e.Event.Length + e.Referrer.Length
        + e.UtmSource.Length + e.UtmMedium.Length + e.UtmCampaign.Length + e.UtmTerm.Length + e.UtmContent.Length + e.Device.Length
        + e.MessageId.Length + e.Url.Length + e.Title.Length + e.Browser.Length + e.Os.Length + e.AppVersion.Length + e.Locale.Length + e.Properties.Length;

    /// <summary>Writes the message and returns its length; <paramref name="target"/> holds at least <see cref="MaxLength"/> bytes.</summary>
    public static int Encode(in EventFields e, Span<byte> target)
    {
        var writer = new AvroWriter(target);
        writer.Header(Fingerprint);
        writer.Bytes(e.Project);
        writer.Bytes(e.VisitorId);
        writer.Long(e.EventId);
        writer.Long(e.OccurredAt);
        writer.Long(e.Seq);
        writer.Long((long)e.Kind);
        writer.Bytes(e.ImportId);
        writer.Bytes(e.UserId);
        writer.Bytes(e.Page);
        writer.Bytes(e.Event);
        writer.Bytes(e.Referrer);
        writer.Bytes(e.UtmSource);
        writer.Bytes(e.UtmMedium);
        writer.Bytes(e.UtmCampaign);
        writer.Bytes(e.UtmTerm);
        writer.Bytes(e.UtmContent);
        writer.Bytes(e.Device);
        writer.Long(e.ReceivedAt);
        writer.Long((long)e.Type);
        writer.Bytes(e.MessageId);
        writer.Long(e.SkewMs);
        writer.Bytes(e.Url);
        writer.Bytes(e.Title);
        writer.Bytes(e.Browser);
        writer.Bytes(e.Os);
        writer.Bytes(e.AppVersion);
        writer.Bytes(e.Locale);
        writer.Boolean(e.Bot);
        if (e.Properties.IsEmpty)
            writer.Long(0);
        else
            writer.Raw(e.Properties);
        return writer.Length;
    }

    /// <summary>
    /// Decodes the fields that the sessionizer needs and leaves the others at their defaults; returns the place where the rest begins, for <see cref="DecodeRest"/>.
    /// <see cref="InvalidDataException"/> when the message is no event.
    /// </summary>
    public static int DecodePrefix(ReadOnlySpan<byte> message, out EventFields e)
    {
        if (!AvroReader.TryHeader(message, out var fingerprint) || fingerprint is not (Fingerprint or FirstFingerprint))
            throw new InvalidDataException("not an event of a known schema");
        var reader = new AvroReader(message);
        reader.Skip(AvroWriter.HeaderLength);
        e = default;
        e.Project = reader.Bytes();
        e.VisitorId = reader.Bytes();
        e.EventId = reader.Long();
        e.OccurredAt = reader.Long();
        e.Seq = fingerprint == Fingerprint ? reader.Int() : 0;
        e.Kind = (EventKind)reader.Enum(4);
        e.ImportId = reader.Bytes();
        e.UserId = reader.Bytes();
        e.Page = reader.Bytes();
        e.Event = reader.Bytes();
        e.Referrer = reader.Bytes();
        e.UtmSource = reader.Bytes();
        e.UtmMedium = reader.Bytes();
        e.UtmCampaign = reader.Bytes();
        e.UtmTerm = reader.Bytes();
        e.UtmContent = reader.Bytes();
        e.Device = reader.Bytes();
        return reader.Position;
    }

    /// <summary>Decodes the remaining fields from the place that <see cref="DecodePrefix"/> returned.</summary>
    public static void DecodeRest(ReadOnlySpan<byte> message, int position, ref EventFields e)
    {
        var reader = new AvroReader(message);
        reader.Skip(position);
        e.ReceivedAt = reader.Long();
        e.Type = (EventType)reader.Enum(6);
        e.MessageId = reader.Bytes();
        e.SkewMs = reader.Long();
        e.Url = reader.Bytes();
        e.Title = reader.Bytes();
        e.Browser = reader.Bytes();
        e.Os = reader.Bytes();
        e.AppVersion = reader.Bytes();
        e.Locale = reader.Bytes();
        e.Bot = reader.Boolean();
        e.Properties = reader.Rest;
    }

    /// <summary>
    /// Reads over what <see cref="DecodeRest"/> decodes and over the properties, so that who needs the prefix only judges a message as everybody who reads all of it does:
    /// <see cref="InvalidDataException"/> when it is damaged anywhere.
    /// </summary>
    public static void CheckRest(ReadOnlySpan<byte> message, int position)
    {
        var reader = new AvroReader(message);
        reader.Skip(position);
        reader.Long();
        reader.Enum(6);
        reader.Bytes();
        reader.Long();
        for (var text = 0; text < 6; text++)
            reader.Bytes();
        reader.Boolean();
        CheckProperties(reader.Rest);
    }

    private static void CheckProperties(ReadOnlySpan<byte> encoded)
    {
        var properties = new AvroMapEnumerator(encoded);
        while (properties.MoveNext())
        {
        }
    }

    public static void Decode(ReadOnlySpan<byte> message, out EventFields e) => DecodeRest(message, DecodePrefix(message, out e), ref e);
}

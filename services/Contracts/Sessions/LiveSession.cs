using Tidemark.Contracts.Avro;

namespace Tidemark.Contracts.Sessions;

/// <summary>The state of an open session, as spans over somebody else's memory; fields are documented in <c>schemas/live_session.avsc</c>, times are milliseconds since 1970 UTC.</summary>
public ref struct LiveSession
{
    /// <summary>CRC-64-AVRO of <c>live_session.avsc</c>; a test recomputes it from the file.</summary>
    public const ulong Fingerprint = 0x7316A9CBDE548EF2;

    public ReadOnlySpan<byte> Project;
    public long SessionId;
    public long Revision;
    public bool Deleted;
    public ReadOnlySpan<byte> VisitorId;
    public ReadOnlySpan<byte> UserId;
    public long StartedAt;
    public long LastEventAt;
    public int Events;
    public int Pages;
    public int Actions;
    public int Errors;
    public ReadOnlySpan<byte> EntryPage;
    public ReadOnlySpan<byte> CurrentPage;
    public ReadOnlySpan<byte> Referrer;
    public ReadOnlySpan<byte> UtmSource;
    public ReadOnlySpan<byte> UtmCampaign;
    public ReadOnlySpan<byte> Device;

    public static bool Is(ReadOnlySpan<byte> message) => AvroReader.TryHeader(message, out var fingerprint) && fingerprint == Fingerprint;

    /// <summary>Bytes that <see cref="Encode"/> may need at most.</summary>
    public readonly int MaxLength =>
        AvroWriter.HeaderLength + 9 * 10 + 9 * 5 + Project.Length + VisitorId.Length + UserId.Length + EntryPage.Length + CurrentPage.Length + Referrer.Length + UtmSource.Length + UtmCampaign.Length + Device.Length;

    public readonly int Encode(Span<byte> target)
    {
        var writer = new AvroWriter(target);
        writer.Header(Fingerprint);
        writer.Bytes(Project);
        writer.Long(SessionId);
        writer.Long(Revision);
        writer.Boolean(Deleted);
        writer.Bytes(VisitorId);
        writer.Bytes(UserId);
        writer.Long(StartedAt);
        writer.Long(LastEventAt);
        writer.Long(Events);
        writer.Long(Pages);
        writer.Long(Actions);
        writer.Long(Errors);
        writer.Bytes(EntryPage);
        writer.Bytes(CurrentPage);
        writer.Bytes(Referrer);
        writer.Bytes(UtmSource);
        writer.Bytes(UtmCampaign);
        writer.Bytes(Device);
        return writer.Length;
    }

    /// <summary><see cref="InvalidDataException"/> when the message is of another schema or damaged.</summary>
    public static LiveSession Decode(ReadOnlySpan<byte> message)
    {
        if (!Is(message))
            throw new InvalidDataException("not a message of live_session.avsc");
        var reader = new AvroReader(message);
        reader.Skip(AvroWriter.HeaderLength);
        return new LiveSession
        {
            Project = reader.Bytes(),
            SessionId = reader.Long(),
            Revision = reader.Long(),
            Deleted = reader.Boolean(),
            VisitorId = reader.Bytes(),
            UserId = reader.Bytes(),
            StartedAt = reader.Long(),
            LastEventAt = reader.Long(),
            Events = reader.Int(),
            Pages = reader.Int(),
            Actions = reader.Int(),
            Errors = reader.Int(),
            EntryPage = reader.Bytes(),
            CurrentPage = reader.Bytes(),
            Referrer = reader.Bytes(),
            UtmSource = reader.Bytes(),
            UtmCampaign = reader.Bytes(),
            Device = reader.Bytes(),
        };
    }
}

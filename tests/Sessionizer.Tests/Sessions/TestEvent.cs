using System.Text;
using Tidemark.Contracts.Avro;
using Tidemark.Contracts.Events;

namespace Tidemark.Sessionizer.Tests.Sessions;

/// <summary>An event as tests write it; everything that the sessionizer reads.</summary>
internal sealed record TestEvent(string Visitor, long Time)
{
    public long Id { get; init; }

    public int Seq { get; init; }

    public string Project { get; init; } = "p";

    public string Import { get; init; } = "";

    public EventKind Kind { get; init; } = EventKind.Action;

    public string User { get; init; } = "";

    public string Page { get; init; } = "";

    public string Referrer { get; init; } = "";

    public string Campaign { get; init; } = "";

    public string Device { get; init; } = "";

    public string Browser { get; init; } = "";

    public string Os { get; init; } = "";

    public string AppVersion { get; init; } = "";

    public byte[] Encode()
    {
        var e = new EventFields
        {
            Project = Utf8(Project),
            VisitorId = Utf8(Visitor),
            EventId = Id,
            OccurredAt = Time,
            Seq = Seq,
            Kind = Kind,
            ImportId = Utf8(Import),
            UserId = Utf8(User),
            Page = Utf8(Page),
            Referrer = Utf8(Referrer),
            UtmSource = Utf8(Campaign),
            UtmTerm = Utf8(Campaign),
            Device = Utf8(Device),
            Browser = Utf8(Browser),
            Os = Utf8(Os),
            AppVersion = Utf8(AppVersion),
            MessageId = "m"u8,
            Url = "https://example.org/"u8,
        };
        var buffer = new byte[e.MaxLength];
        return buffer[..e.Encode(buffer)];
    }

    /// <summary>As the version of event.avsc before <c>seq</c> wrote it.</summary>
    public byte[] EncodeWithoutSeq()
    {
        var message = Encode();
        var reader = new AvroReader(message);
        reader.Skip(AvroWriter.HeaderLength);
        reader.Bytes();
        reader.Bytes();
        reader.Long();
        reader.Long();
        var place = reader.Position;
        reader.Int();
        new AvroWriter(message).Header(0xE3D596346B6EF432);
        return [.. message[..place], .. message[reader.Position..]];
    }

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);
}

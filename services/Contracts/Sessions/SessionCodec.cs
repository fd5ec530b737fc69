using Tidemark.Contracts.Avro;

namespace Tidemark.Contracts.Sessions;

/// <summary>Session rows to and from Avro single-object encoding, byte for byte what Apache.Avro writes for <c>session.avsc</c>.</summary>
public static class SessionCodec
{
    /// <summary>CRC-64-AVRO of <c>session.avsc</c>; a test recomputes it from the file.</summary>
    public const ulong Fingerprint = 0x36E074443D5FFD95;

    private const int FixedLength = AvroWriter.HeaderLength + 13 * 10 + 13 * 5 + 4;

    public static bool IsSession(ReadOnlySpan<byte> message) => AvroReader.TryHeader(message, out var fingerprint) && fingerprint == Fingerprint;

    public static int MaxLength(in SessionFields s) =>
        FixedLength + s.Project.Length + s.VisitorId.Length + s.UserId.Length + s.EntryPage.Length + s.ExitPage.Length + s.Referrer.Length
        + s.UtmSource.Length + s.UtmMedium.Length + s.UtmCampaign.Length + s.UtmTerm.Length + s.UtmContent.Length + s.Device.Length
        + s.ImportId.Length + (s.Absorbed.Length + 2) * 10;

    public static int Encode(in SessionFields s, Span<byte> target)
    {
        var writer = new AvroWriter(target);
        writer.Header(Fingerprint);
        writer.Bytes(s.Project);
        writer.Long(s.SessionId);
        writer.Bytes(s.VisitorId);
        writer.Long(s.Version);
        writer.Long(s.Sign);
        writer.Bytes(s.UserId);
        writer.Boolean(s.SeveralUsers);
        writer.Long(s.StartedAt);
        writer.Long(s.EndedAt);
        writer.Long(s.Events);
        writer.Long(s.Pages);
        writer.Long(s.Actions);
        writer.Long(s.Errors);
        writer.Bytes(s.EntryPage);
        writer.Bytes(s.ExitPage);
        writer.Bytes(s.Referrer);
        writer.Bytes(s.UtmSource);
        writer.Bytes(s.UtmMedium);
        writer.Bytes(s.UtmCampaign);
        writer.Bytes(s.UtmTerm);
        writer.Bytes(s.UtmContent);
        writer.Bytes(s.Device);
        writer.Boolean(s.Bounce);
        writer.Long((long)s.CloseReason);
        writer.Boolean(s.Continued);
        if (!s.Absorbed.IsEmpty)
        {
            writer.Long(s.Absorbed.Length);
            foreach (var id in s.Absorbed)
                writer.Long(id);
        }
        writer.Long(0);
        writer.Bytes(s.ImportId);
        writer.Boolean(s.History);
        return writer.Length;
    }

    /// <summary>Decodes a row; <paramref name="absorbed"/> is filled (and grown where needed) and <see cref="SessionFields.Absorbed"/> points into it.</summary>
    public static void Decode(ReadOnlySpan<byte> message, ref long[] absorbed, out SessionFields s)
    {
        if (!IsSession(message))
            throw new InvalidDataException("not a session of a known schema");
        var reader = new AvroReader(message);
        reader.Skip(AvroWriter.HeaderLength);
        s = default;
        s.Project = reader.Bytes();
        s.SessionId = reader.Long();
        s.VisitorId = reader.Bytes();
        s.Version = reader.Int();
        s.Sign = reader.Int();
        s.UserId = reader.Bytes();
        s.SeveralUsers = reader.Boolean();
        s.StartedAt = reader.Long();
        s.EndedAt = reader.Long();
        s.Events = reader.Int();
        s.Pages = reader.Int();
        s.Actions = reader.Int();
        s.Errors = reader.Int();
        s.EntryPage = reader.Bytes();
        s.ExitPage = reader.Bytes();
        s.Referrer = reader.Bytes();
        s.UtmSource = reader.Bytes();
        s.UtmMedium = reader.Bytes();
        s.UtmCampaign = reader.Bytes();
        s.UtmTerm = reader.Bytes();
        s.UtmContent = reader.Bytes();
        s.Device = reader.Bytes();
        s.Bounce = reader.Boolean();
        s.CloseReason = (CloseReason)reader.Enum(6);
        s.Continued = reader.Boolean();
        var count = ReadAbsorbed(ref reader, ref absorbed);
        s.Absorbed = absorbed.AsSpan(0, count);
        s.ImportId = reader.Bytes();
        s.History = reader.Boolean();
    }

    private static int ReadAbsorbed(ref AvroReader reader, ref long[] absorbed)
    {
        var count = 0;
        for (var block = reader.Long(); block != 0; block = reader.Long())
        {
            if (block < 0)
            {
                block = -block;
                reader.Long();
            }
            for (; block > 0; block--)
            {
                if (count == absorbed.Length)
                    Array.Resize(ref absorbed, Math.Max(8, count * 2));
                absorbed[count++] = reader.Long();
            }
        }
        return count;
    }
}

using Tidemark.Contracts.Avro;

namespace Tidemark.Contracts.Events;

/// <summary>What a door refused, as spans over somebody else's memory; fields are documented in <c>schemas/rejected_event.avsc</c>, times are milliseconds since 1970 UTC.</summary>
public ref struct RejectedEvent
{
    /// <summary>CRC-64-AVRO of <c>rejected_event.avsc</c>; a test recomputes it from the file.</summary>
    public const ulong Fingerprint = 0xFE5B5E34BE3C1C4B;

    /// <summary>The first version, without partition and offset.</summary>
    private const ulong FirstFingerprint = 0xB130103707678475;

    public ReadOnlySpan<byte> Project;
    public ReadOnlySpan<byte> Code;
    public long ReceivedAt;
    public ReadOnlySpan<byte> Door;
    public int Index;
    public ReadOnlySpan<byte> ImportId;
    public int Size;
    public long Hash;
    public ReadOnlySpan<byte> Sample;
    public int Partition = -1;
    public long Offset = -1;

    public RejectedEvent()
    {
    }

    public static bool Is(ReadOnlySpan<byte> message) => AvroReader.TryHeader(message, out var fingerprint) && fingerprint is Fingerprint or FirstFingerprint;

    /// <summary>Bytes that <see cref="Encode"/> may need at most.</summary>
    public readonly int MaxLength =>
        AvroWriter.HeaderLength + 6 * 10 + 5 * 5 + Project.Length + Code.Length + Door.Length + ImportId.Length + Sample.Length;

    public readonly int Encode(Span<byte> target)
    {
        var writer = new AvroWriter(target);
        writer.Header(Fingerprint);
        writer.Bytes(Project);
        writer.Bytes(Code);
        writer.Long(ReceivedAt);
        writer.Bytes(Door);
        writer.Long(Index);
        writer.Bytes(ImportId);
        writer.Long(Size);
        writer.Long(Hash);
        writer.Bytes(Sample);
        writer.Long(Partition);
        writer.Long(Offset);
        return writer.Length;
    }

    /// <summary><see cref="InvalidDataException"/> when the message is of another schema or damaged.</summary>
    public static RejectedEvent Decode(ReadOnlySpan<byte> message)
    {
        if (!AvroReader.TryHeader(message, out var fingerprint) || fingerprint is not (Fingerprint or FirstFingerprint))
            throw new InvalidDataException("not a message of rejected_event.avsc");
        var reader = new AvroReader(message);
        reader.Skip(AvroWriter.HeaderLength);
        return new RejectedEvent
        {
            Project = reader.Bytes(),
            Code = reader.Bytes(),
            ReceivedAt = reader.Long(),
            Door = reader.Bytes(),
            Index = reader.Int(),
            ImportId = reader.Bytes(),
            Size = reader.Int(),
            Hash = reader.Long(),
            Sample = reader.Bytes(),
            Partition = fingerprint == Fingerprint ? reader.Int() : -1,
            Offset = fingerprint == Fingerprint ? reader.Long() : -1,
        };
    }
}

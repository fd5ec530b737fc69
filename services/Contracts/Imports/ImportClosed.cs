using Tidemark.Contracts.Avro;

namespace Tidemark.Contracts.Imports;

/// <summary>What became of an import in one partition, as spans over somebody else's memory; fields are documented in <c>schemas/import_closed.avsc</c>, times are milliseconds since 1970 UTC.</summary>
public ref struct ImportClosed
{
    /// <summary>CRC-64-AVRO of <c>import_closed.avsc</c>; a test recomputes it from the file.</summary>
    public const ulong Fingerprint = 0xFE7388CD4D0C1FC3;

    public ReadOnlySpan<byte> Project;
    public ReadOnlySpan<byte> ImportId;
    public int Partition;
    public long ClosedAt;
    public long Events;
    public long Duplicates;
    public long Late;
    public long Sessions;

    public static bool Is(ReadOnlySpan<byte> message) => AvroReader.TryHeader(message, out var fingerprint) && fingerprint == Fingerprint;

    /// <summary>Bytes that <see cref="Encode"/> may need at most.</summary>
    public readonly int MaxLength =>
        AvroWriter.HeaderLength + 6 * 10 + 2 * 5 + Project.Length + ImportId.Length;

    public readonly int Encode(Span<byte> target)
    {
        var writer = new AvroWriter(target);
        writer.Header(Fingerprint);
        writer.Bytes(Project);
        writer.Bytes(ImportId);
        writer.Long(Partition);
        writer.Long(ClosedAt);
        writer.Long(Events);
        writer.Long(Duplicates);
        writer.Long(Late);
        writer.Long(Sessions);
        return writer.Length;
    }

    /// <summary><see cref="InvalidDataException"/> when the message is of another schema or damaged.</summary>
    public static ImportClosed Decode(ReadOnlySpan<byte> message)
    {
        if (!Is(message))
            throw new InvalidDataException("not a message of import_closed.avsc");
        var reader = new AvroReader(message);
        reader.Skip(AvroWriter.HeaderLength);
        return new ImportClosed
        {
            Project = reader.Bytes(),
            ImportId = reader.Bytes(),
            Partition = reader.Int(),
            ClosedAt = reader.Long(),
            Events = reader.Long(),
            Duplicates = reader.Long(),
            Late = reader.Long(),
            Sessions = reader.Long(),
        };
    }
}

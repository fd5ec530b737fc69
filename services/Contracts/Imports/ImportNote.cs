using Tidemark.Contracts.Avro;

namespace Tidemark.Contracts.Imports;

/// <summary>What the collectors know of an import, as spans over somebody else's memory; fields are documented in <c>schemas/import_note.avsc</c>, times are milliseconds since 1970 UTC.</summary>
public ref struct ImportNote
{
    /// <summary>CRC-64-AVRO of <c>import_note.avsc</c>; a test recomputes it from the file.</summary>
    public const ulong Fingerprint = 0xBEBABEB4BC845200;

    public ReadOnlySpan<byte> Project;
    public ReadOnlySpan<byte> Import;
    public int Generation;
    public ImportState State;
    public long NotedAt;

    public static bool Is(ReadOnlySpan<byte> message) => AvroReader.TryHeader(message, out var fingerprint) && fingerprint == Fingerprint;

    /// <summary>Bytes that <see cref="Encode"/> may need at most.</summary>
    public readonly int MaxLength =>
        AvroWriter.HeaderLength + 3 * 10 + 2 * 5 + Project.Length + Import.Length;

    public readonly int Encode(Span<byte> target)
    {
        var writer = new AvroWriter(target);
        writer.Header(Fingerprint);
        writer.Bytes(Project);
        writer.Bytes(Import);
        writer.Long(Generation);
        writer.Long((long)State);
        writer.Long(NotedAt);
        return writer.Length;
    }

    /// <summary><see cref="InvalidDataException"/> when the message is of another schema or damaged.</summary>
    public static ImportNote Decode(ReadOnlySpan<byte> message)
    {
        if (!Is(message))
            throw new InvalidDataException("not a message of import_note.avsc");
        var reader = new AvroReader(message);
        reader.Skip(AvroWriter.HeaderLength);
        return new ImportNote
        {
            Project = reader.Bytes(),
            Import = reader.Bytes(),
            Generation = reader.Int(),
            State = (ImportState)reader.Enum(4),
            NotedAt = reader.Long(),
        };
    }
}

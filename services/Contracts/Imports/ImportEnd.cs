using Tidemark.Contracts.Avro;

namespace Tidemark.Contracts.Imports;

/// <summary>The end marker of an import, as spans over somebody else's memory; fields are documented in <c>schemas/import_end.avsc</c>, times are milliseconds since 1970 UTC.</summary>
public ref struct ImportEnd
{
    /// <summary>CRC-64-AVRO of <c>import_end.avsc</c>; a test recomputes it from the file.</summary>
    public const ulong Fingerprint = 0x66E8B266D9505F1E;

    public ReadOnlySpan<byte> Project;
    public ReadOnlySpan<byte> ImportId;
    public long EndedAt;

    public static bool Is(ReadOnlySpan<byte> message) => AvroReader.TryHeader(message, out var fingerprint) && fingerprint == Fingerprint;

    /// <summary>Bytes that <see cref="Encode"/> may need at most.</summary>
    public readonly int MaxLength =>
        AvroWriter.HeaderLength + 1 * 10 + 2 * 5 + Project.Length + ImportId.Length;

    public readonly int Encode(Span<byte> target)
    {
        var writer = new AvroWriter(target);
        writer.Header(Fingerprint);
        writer.Bytes(Project);
        writer.Bytes(ImportId);
        writer.Long(EndedAt);
        return writer.Length;
    }

    /// <summary><see cref="InvalidDataException"/> when the message is of another schema or damaged.</summary>
    public static ImportEnd Decode(ReadOnlySpan<byte> message)
    {
        if (!Is(message))
            throw new InvalidDataException("not a message of import_end.avsc");
        var reader = new AvroReader(message);
        reader.Skip(AvroWriter.HeaderLength);
        return new ImportEnd
        {
            Project = reader.Bytes(),
            ImportId = reader.Bytes(),
            EndedAt = reader.Long(),
        };
    }
}

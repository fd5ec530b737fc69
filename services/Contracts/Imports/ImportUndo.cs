using Tidemark.Contracts.Avro;

namespace Tidemark.Contracts.Imports;

/// <summary>Takes an import back, as spans over somebody else's memory; fields are documented in <c>schemas/import_undo.avsc</c>, times are milliseconds since 1970 UTC.</summary>
public ref struct ImportUndo
{
    /// <summary>CRC-64-AVRO of <c>import_undo.avsc</c>; a test recomputes it from the file.</summary>
    public const ulong Fingerprint = 0x4CFD4778FEE68B0A;

    public ReadOnlySpan<byte> Project;
    public ReadOnlySpan<byte> ImportId;
    public long UndoneAt;

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
        writer.Long(UndoneAt);
        return writer.Length;
    }

    /// <summary><see cref="InvalidDataException"/> when the message is of another schema or damaged.</summary>
    public static ImportUndo Decode(ReadOnlySpan<byte> message)
    {
        if (!Is(message))
            throw new InvalidDataException("not a message of import_undo.avsc");
        var reader = new AvroReader(message);
        reader.Skip(AvroWriter.HeaderLength);
        return new ImportUndo
        {
            Project = reader.Bytes(),
            ImportId = reader.Bytes(),
            UndoneAt = reader.Long(),
        };
    }
}

using Tidemark.SchemaCode.Schemas;

namespace Tidemark.SchemaCode.Code;

/// <summary>Fingerprints of a record, and how a field is read that not every version has.</summary>
internal static class Versions
{
    public static void Constants(CodeText code, SchemaRecord record)
    {
        code.Summary($"CRC-64-AVRO of {record.FileName}.avsc.");
        code.Line($"public const ulong Fingerprint = 0x{record.Fingerprint:X16};");
        foreach (var version in record.Older)
        {
            code.Line();
            code.Summary($"Without {string.Join(", ", version.Lacks)}.");
            code.Line($"private const ulong {version.Name} = 0x{version.Fingerprint:X16};");
        }
    }

    public static void Is(CodeText code, SchemaRecord record)
    {
        code.Summary("True for a message of any version.");
        code.Line($"public static bool Is(ReadOnlySpan<byte> message) => AvroReader.TryHeader(message, out var fingerprint) && fingerprint is {Known(record)};");
    }

    /// <summary>Reads the header; the local <c>fingerprint</c> is the message's version.</summary>
    public static void Open(CodeText code, SchemaRecord record)
    {
        code.Line($"if (!AvroReader.TryHeader(message, out var fingerprint) || fingerprint is not ({Known(record)}))");
        code.Under($"throw new InvalidDataException(\"not a message of {record.FileName}.avsc\");");
        code.Line("var reader = new AvroReader(message);");
        code.Line("reader.Skip(AvroWriter.HeaderLength);");
    }

    /// <summary>The reading of a field, or its default for the versions that lack it.</summary>
    public static string Value(SchemaRecord record, Field field, string read, string missing)
    {
        var without = record.Older.Where(v => v.Lacks.Contains(field.Name)).Select(v => v.Name).ToList();
        if (without.Count == 0)
            return read;
        var with = record.Older.Where(v => !v.Lacks.Contains(field.Name)).Select(v => v.Name).Prepend("Fingerprint");
        return $"fingerprint is {string.Join(" or ", with)} ? {read} : {missing}";
    }

    private static string Known(SchemaRecord record) => string.Join(" or ", record.Older.Reverse().Select(v => v.Name).Prepend("Fingerprint"));
}

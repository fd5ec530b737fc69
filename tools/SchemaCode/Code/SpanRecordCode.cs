using Tidemark.SchemaCode.Schemas;

namespace Tidemark.SchemaCode.Code;

/// <summary>A record whose texts are spans over somebody else's memory, with its codec: nothing is allocated in either direction.</summary>
internal static class SpanRecordCode
{
    public static string Of(SchemaRecord record)
    {
        var code = new CodeText(record.FileName, "Tidemark.Contracts.Avro");
        code.Line($"namespace Tidemark.Contracts.{record.Folder};");
        code.Line();
        code.Summary($"{record.Doc} Texts and bytes are spans over somebody else's memory, times are milliseconds since 1970 UTC.");
        code.Block($"public ref struct {record.TypeName}", () => Members(code, record));
        return code.ToString();
    }

    private static void Members(CodeText code, SchemaRecord record)
    {
        Versions.Constants(code, record);
        code.Line();
        code.Line("// Numbers and lengths at their longest.");
        code.Line($"private const int FixedLength = AvroWriter.HeaderLength + {record.Fields.Sum(f => AvroCode.FixedBytes(f.Type))};");
        Fields(code, record);
        code.Line();
        Versions.Is(code, record);
        code.Line();
        code.Summary("Bytes that Encode may need at most.");
        code.Chain("public readonly int MaxLength =>", record.Fields.Select(Length).OfType<string>().Prepend("FixedLength"), " +", ";");
        code.Line();
        code.Summary("Writes the message and returns its length; the target holds at least MaxLength bytes.");
        code.Block("public readonly int Encode(Span<byte> target)", () =>
        {
            code.Line("var writer = new AvroWriter(target);");
            code.Line("writer.Header(Fingerprint);");
            code.Lines(record.Fields.Select(f => AvroCode.Write(f.Type, f.Property, owned: false)));
            code.Line("return writer.Length;");
        });
        code.Line();
        if (record.Prefix is null)
            Decode(code, record);
        else
            DecodeInParts(code, record);
    }

    private static void Fields(CodeText code, SchemaRecord record)
    {
        foreach (var field in record.Fields)
        {
            code.Line();
            code.Summary(field.Type.Kind == AvroKind.Map ? $"{field.Doc} The encoded blocks, their final zero included, or nothing: for AvroMapEnumerator." : field.Doc);
            code.Line($"public {Type(field.Type)} {field.Property}{(Initial(field) is { } value ? $" = {value}" : "")};");
        }
        if (record.Fields.All(f => Initial(f) is null))
            return;
        code.Line();
        code.Block($"public {record.TypeName}()", () => { });
    }

    private static void Decode(CodeText code, SchemaRecord record)
    {
        code.Summary("InvalidDataException when the message is of another schema or damaged.");
        var lists = record.Fields.Where(f => f.Type.Kind == AvroKind.Longs).ToList();
        foreach (var list in lists)
            code.Line($"/// <param name=\"{Names.Camel(list.Name)}\">Filled, and grown where needed; {list.Property} points into it.</param>");
        code.Block($"public static void Decode(ReadOnlySpan<byte> message{string.Concat(lists.Select(f => $", ref long[] {Names.Camel(f.Name)}"))}, out {record.TypeName} value)", () =>
        {
            Versions.Open(code, record);
            code.Lines(record.Fields.Select(f => Assign(record, f)));
        });
        if (lists.Count > 0)
            return;
        code.Line();
        code.Summary("InvalidDataException when the message is of another schema or damaged.");
        code.Block($"public static {record.TypeName} Decode(ReadOnlySpan<byte> message)", () =>
        {
            code.Line("Decode(message, out var value);");
            code.Line("return value;");
        });
    }

    private static void DecodeInParts(CodeText code, SchemaRecord record)
    {
        var prefix = record.Fields.TakeWhile(f => f.Name != record.Prefix).Append(record.Fields.First(f => f.Name == record.Prefix)).ToList();
        var rest = record.Fields.Skip(prefix.Count).ToList();
        code.Summary($"Decodes the fields up to {record.Prefix} and leaves the others at their defaults; returns the place of the rest, for DecodeRest. InvalidDataException when the message is of another schema or damaged there.");
        code.Block($"public static int DecodePrefix(ReadOnlySpan<byte> message, out {record.TypeName} value)", () =>
        {
            Versions.Open(code, record);
            code.Line("value = default;");
            code.Lines(prefix.Select(f => Assign(record, f)));
            code.Line("return reader.Position;");
        });
        code.Line();
        code.Summary("Decodes the remaining fields from the place that DecodePrefix returned.");
        code.Block($"public static void DecodeRest(ReadOnlySpan<byte> message, int position, ref {record.TypeName} value)", () =>
        {
            code.Line("var reader = new AvroReader(message);");
            code.Line("reader.Skip(position);");
            code.Lines(rest.Select(f => Assign(record, f)));
        });
        code.Line();
        code.Summary("Decodes all fields. InvalidDataException when the message is of another schema or damaged.");
        code.Line($"public static void Decode(ReadOnlySpan<byte> message, out {record.TypeName} value) => DecodeRest(message, DecodePrefix(message, out value), ref value);");
    }

    private static string Assign(SchemaRecord record, Field field) =>
        $"value.{field.Property} = {Versions.Value(record, field, AvroCode.Read(field.Type, field.Name, owned: false), Initial(field) ?? "default")};";

    private static string? Initial(Field field) => field.Default is null or "0" or "false" or "\"\"" or "[]" ? null : field.Default;

    private static string? Length(Field field) => field.Type.Kind switch
    {
        AvroKind.String or AvroKind.Bytes or AvroKind.Map => $"{field.Property}.Length",
        AvroKind.Longs => $"{field.Property}.Length * 10",
        _ => null,
    };

    private static string Type(AvroType type) => type.Kind switch
    {
        AvroKind.Boolean => "bool",
        AvroKind.Int => "int",
        AvroKind.Long => "long",
        AvroKind.Enum => type.Symbols!.Name,
        AvroKind.Longs => "ReadOnlySpan<long>",
        _ => "ReadOnlySpan<byte>",
    };
}

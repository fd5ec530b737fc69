using Tidemark.SchemaCode.Schemas;

namespace Tidemark.SchemaCode.Code;

/// <summary>A record with parts that are records: a class with memory of its own, for what is read and written seldom.</summary>
internal static class OwnedRecordCode
{
    public static string Of(SchemaRecord record)
    {
        var code = new CodeText(record.FileName, "Tidemark.Contracts.Avro");
        code.Line($"namespace Tidemark.Contracts.{record.Folder};");
        code.Line();
        code.Summary($"{record.Doc} Times are milliseconds since 1970 UTC.");
        code.Block($"public sealed partial record {record.TypeName}", () => Members(code, record));
        return code.ToString();
    }

    /// <summary>C# type of a value with memory of its own.</summary>
    public static string Type(AvroType type) => type.Kind switch
    {
        AvroKind.Boolean => "bool",
        AvroKind.Int => "int",
        AvroKind.Long => "long",
        AvroKind.String => "string",
        AvroKind.Enum => type.Symbols!.Name,
        AvroKind.Item => type.Item!.Name,
        AvroKind.Items => $"IReadOnlyList<{type.Item!.Name}>",
        _ => throw new SchemaException($"a {type.Kind} in a record with parts is not known here"),
    };

    /// <summary>Bytes of a value beyond <see cref="AvroCode.FixedBytes"/>; null when there are none.</summary>
    public static string? Length(Field field) => field.Type.Kind switch
    {
        AvroKind.String => $"{field.Property}.Length * 3",
        AvroKind.Item => $"AvroItems.MaxLength({field.Property})",
        AvroKind.Items => $"AvroItems.MaxLengthOfAll({field.Property})",
        _ => null,
    };

    private static void Members(CodeText code, SchemaRecord record)
    {
        Versions.Constants(code, record);
        foreach (var field in record.Fields)
        {
            code.Line();
            code.Summary(field.Doc);
            code.Line(Property(field));
        }
        code.Line();
        Versions.Is(code, record);
        code.Line();
        code.Block("public byte[] Encode()", () =>
        {
            // Parts count all their bytes themselves.
            var bytes = record.Fields.Where(f => f.Type.Kind != AvroKind.Item).Sum(f => AvroCode.FixedBytes(f.Type));
            code.Line($"var target = new byte[{string.Join(" + ", record.Fields.Select(Length).Where(l => l is not null).Prepend($"AvroWriter.HeaderLength + {bytes}"))}];");
            code.Line("var writer = new AvroWriter(target);");
            code.Line("writer.Header(Fingerprint);");
            code.Lines(record.Fields.Select(f => AvroCode.Write(f.Type, f.Property, owned: true)));
            code.Line("return target[..writer.Length];");
        });
        code.Line();
        code.Summary("InvalidDataException when the message is of another schema or damaged.");
        code.Block($"public static {record.TypeName} Decode(ReadOnlySpan<byte> message)", () =>
        {
            Versions.Open(code, record);
            code.Line($"return new {record.TypeName}");
            code.Line("{");
            foreach (var field in record.Fields)
                code.Under($"{field.Property} = {Versions.Value(record, field, AvroCode.Read(field.Type, field.Name, owned: true), field.Default ?? "default")},");
            code.Line("};");
        });
    }

    /// <summary>Texts and numbers without a default have to be given; lists, parts and flags begin empty.</summary>
    private static string Property(Field field)
    {
        var required = field.Default is null && field.Type.Kind is AvroKind.String or AvroKind.Int or AvroKind.Long;
        var initial = field.Type.Kind == AvroKind.Items ? "[]" : field.Default is "0" or "false" ? null : field.Default;
        return $"public {(required ? "required " : "")}{Type(field.Type)} {field.Property} {{ get; init; }}{(initial is null ? "" : $" = {initial};")}";
    }
}

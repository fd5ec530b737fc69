using Tidemark.SchemaCode.Schemas;

namespace Tidemark.SchemaCode.Code;

/// <summary>The way back: a row of the table, in ClickHouse's format RowBinary, as the record that it was made of.</summary>
internal static class RowCode
{
    public static string ClassName(SchemaRecord record) => ColumnsCode.BaseName(record) + "Row";

    public static string Of(SchemaRecord record)
    {
        var fields = record.Fields.Where(f => f.ColumnType is not null).ToList();
        var code = new CodeText(record.FileName, "Tidemark.Aggregator.Rows", $"Tidemark.Contracts.{record.Folder}");
        code.Line("namespace Tidemark.Aggregator.Tables;");
        code.Line();
        code.Summary($"A row of {record.Table!.Name}, as a SELECT of these columns gives it in the format RowBinary.");
        code.Block($"public static class {ClassName(record)}", () =>
        {
            code.Summary($"Columns that schemas/{record.FileName}.avsc gives, in the order in which they are read.");
            code.Chain("public const string Columns =", fields.Select((f, i) => $"\"{(i == 0 ? "" : ", ")}{f.Column}\""), " +", ";");
            code.Line();
            code.Summary("Reads these columns. Texts are slices of what is read, the map lives until the next one. InvalidDataException when the bytes are no such row.");
            code.Block($"public static void Read(ref RowReader row, out {record.TypeName} value)", () =>
            {
                code.Line("value = default;");
                code.Lines(fields.Select(f => $"value.{f.Property} = {Value(f)};"));
            });
            foreach (var symbols in fields.Where(ColumnsCode.IsNamed).Select(f => f.Type.Symbols!))
                Named(code, symbols);
        });
        return code.ToString();
    }

    private static string Value(Field field)
    {
        if (ColumnsCode.IsNamed(field))
            return $"{field.Type.Symbols!.Name}Of(row.Text())";
        return (field.Type.Kind, field.ColumnType!) switch
        {
            (AvroKind.Boolean, "Bool") => "row.Boolean()",
            (AvroKind.Enum, var type) when type.StartsWith("Enum8(", StringComparison.Ordinal) => $"({field.Type.Symbols!.Name})row.Byte()",
            (AvroKind.Int, "UInt32" or "Int32") => "row.Int()",
            (AvroKind.Long, "UInt64" or "Int64") => "row.Long()",
            (AvroKind.Long, var type) when type.StartsWith("DateTime64(3", StringComparison.Ordinal) => "row.Long()",
            (AvroKind.String, "String" or "LowCardinality(String)") => "row.Text()",
            (AvroKind.Map, _) => "row.Map()",
            var (_, type) => throw new SchemaException($"{field.Name}: ClickHouse's type {type} cannot be read yet"),
        };
    }

    private static void Named(CodeText code, EnumType symbols)
    {
        code.Line();
        code.Line($"private static {symbols.Name} {symbols.Name}Of(ReadOnlySpan<byte> name)");
        code.Line("{");
        foreach (var symbol in symbols.Symbols.SkipLast(1))
        {
            code.Under($"if (name.SequenceEqual(\"{symbol}\"u8))");
            code.Under($"    return {symbols.Name}.{Names.Pascal(symbol)};");
        }
        code.Under($"return {symbols.Name}.{Names.Pascal(symbols.Symbols[^1])};");
        code.Line("}");
    }
}

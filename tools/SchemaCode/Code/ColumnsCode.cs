using Tidemark.SchemaCode.Schemas;

namespace Tidemark.SchemaCode.Code;

/// <summary>The columns of a Native block. Those of the fields are filled by Add; what the loader computes is filled by the block.</summary>
internal static class ColumnsCode
{
    public static string ClassName(SchemaRecord record) => BaseName(record) + "Columns";

    /// <summary>Event of EventFields.</summary>
    public static string BaseName(SchemaRecord record) => record.TypeName.EndsWith("Fields", StringComparison.Ordinal) ? record.TypeName[..^"Fields".Length] : record.TypeName;

    public static string Of(SchemaRecord record)
    {
        var fields = record.Fields.Where(f => f.ColumnType is not null).ToList();
        var usings = new List<string> { "Tidemark.Aggregator.Native", $"Tidemark.Contracts.{record.Folder}" };
        if (fields.Exists(f => f.Type.Kind == AvroKind.Longs))
            usings.Add("System.Runtime.InteropServices");
        var code = new CodeText(record.FileName, usings);
        code.Line("namespace Tidemark.Aggregator.Tables;");
        code.Line();
        code.Summary($"Columns of {record.Table!.Name} that schemas/{record.FileName}.avsc gives.");
        code.Block($"internal sealed class {ClassName(record)}", () =>
        {
            foreach (var field in fields)
                Column(code, field.Property, field.Column, field.ColumnType!);
            foreach (var column in record.Table.Columns)
            {
                code.Summary($"Filled by the block. {column.Doc}");
                Column(code, Names.Pascal(column.Name), column.Name, column.Type);
            }
            var all = fields.Select(f => f.Property).Concat(record.Table.Columns.Select(c => Names.Pascal(c.Name)));
            code.Line("public IReadOnlyList<NativeColumn> All =>");
            code.Chain("[", all, ",", ",");
            code.Line("];");
            code.Line();
            Add(code, record, fields);
            foreach (var symbols in fields.Where(IsNamed).Select(f => f.Type.Symbols!))
                NameOf(code, symbols);
        });
        return code.ToString();
    }

    private static void Column(CodeText code, string property, string name, string type)
    {
        var (column, arguments) = Native(type, name);
        code.Line($"public {column} {property} {{ get; }} = new({arguments});");
        code.Line();
    }

    /// <summary>The class of a column, and what its constructor is given.</summary>
    private static (string Class, string Arguments) Native(string type, string name) => type switch
    {
        "LowCardinality(String)" => ("LowCardinalityColumn", $"\"{name}\""),
        "String" => ("StringColumn", $"\"{name}\""),
        "Map(LowCardinality(String), String)" => ("MapColumn", $"\"{name}\""),
        "Array(UInt64)" => ("ArrayColumn<ulong>", $"\"{name}\", \"UInt64\""),
        _ => ($"FixedColumn<{Value(type)}>", $"\"{name}\", \"{type}\""),
    };

    private static string Value(string type) => type switch
    {
        "UInt8" or "Bool" => "byte",
        "UInt16" => "ushort",
        "UInt32" => "uint",
        "UInt64" => "ulong",
        "Int8" => "sbyte",
        "Int32" => "int",
        "Int64" => "long",
        _ when type.StartsWith("Enum8(", StringComparison.Ordinal) => "byte",
        _ when type.StartsWith("DateTime64(3", StringComparison.Ordinal) => "long",
        _ => throw new SchemaException($"there is no column for ClickHouse's type {type}"),
    };

    private static void Add(CodeText code, SchemaRecord record, List<Field> fields)
    {
        // A damaged map throws, and must do so before anything else is added.
        var map = fields.Find(f => f.Type.Kind == AvroKind.Map);
        code.Summary(map is null ? "Adds a row." : "Adds a whole row, or throws InvalidDataException and adds nothing.");
        code.Block($"public void Add(in {record.TypeName} value)", () =>
        {
            if (map is not null)
                code.Line($"{map.Property}.AddRow(value.{map.Property});");
            code.Lines(fields.Where(f => f != map).Select(f => $"{f.Property}.Add({Converted(f)});"));
        });
    }

    private static string Converted(Field field)
    {
        var value = $"value.{field.Property}";
        if (IsNamed(field))
            return $"NameOf({value})";
        return field.Type.Kind switch
        {
            AvroKind.Boolean => $"{value} ? (byte)1 : (byte)0",
            AvroKind.Longs => $"MemoryMarshal.Cast<long, ulong>({value})",
            AvroKind.String or AvroKind.Bytes => value,
            AvroKind.Long when Value(field.ColumnType!) == "long" => value,
            AvroKind.Int when Value(field.ColumnType!) == "int" => value,
            _ => $"({Value(field.ColumnType!)}){value}",
        };
    }

    // Text, not an enumeration: people sort and match it, and an enumeration sorts by its numbers.
    public static bool IsNamed(Field field) => field.Type.Kind == AvroKind.Enum && field.ColumnType == "LowCardinality(String)";

    private static void NameOf(CodeText code, EnumType symbols)
    {
        code.Line();
        code.Line($"private static ReadOnlySpan<byte> NameOf({symbols.Name} value) => value switch");
        code.Line("{");
        foreach (var symbol in symbols.Symbols.SkipLast(1))
            code.Under($"{symbols.Name}.{Names.Pascal(symbol)} => \"{symbol}\"u8,");
        code.Under($"_ => \"{symbols.Symbols[^1]}\"u8,");
        code.Line("};");
    }
}

using System.Globalization;
using System.Text.Json.Nodes;

namespace Tidemark.SchemaCode.Schemas;

/// <summary>Reads a schema with the versions before it. What the generated code cannot do is refused here.</summary>
internal static class SchemaFile
{
    public static SchemaRecord Read(string path)
    {
        var name = Path.GetFileNameWithoutExtension(path);
        var json = File.ReadAllText(path);
        var schema = JsonNode.Parse(json)!.AsObject();
        var fields = new TypeReader(name).Fields(schema);
        var code = Text(schema, "code")?.Split('/') ?? throw new SchemaException($"{name}.avsc has no property code, such as \"Events/EventFields\"");
        var fingerprint = CanonicalForm.Fingerprint(json);
        var record = new SchemaRecord(
            name, Text(schema, "doc")!, code[0], code[1], Text(schema, "prefix"), fields, fingerprint, Older(path, fields, fingerprint), TableOf(schema["clickhouse"]));
        Check(record);
        return record;
    }

    private static List<OlderVersion> Older(string path, List<Field> fields, ulong current)
    {
        var name = Path.GetFileNameWithoutExtension(path);
        var folder = Path.Combine(Path.GetDirectoryName(path)!, "history", name);
        var versions = Directory.Exists(folder) ? Directory.GetFiles(folder, "*.avsc") : [];
        return
        [
            .. versions.Select(file => (File: file, Fingerprint: CanonicalForm.Fingerprint(File.ReadAllText(file))))
                .Where(version => version.Fingerprint != current)
                .Select(version => (version.Fingerprint, Fields: new TypeReader(name).Fields(JsonNode.Parse(File.ReadAllText(version.File))!.AsObject())))
                .OrderBy(version => version.Fields.Count)
                .Select((version, index) => new OlderVersion(index + 1, version.Fingerprint, Lacks(name, version.Fingerprint, version.Fields, fields))),
        ];
    }

    /// <summary>The fields that came later; everything else has to stand in the same order with the same type, which is what one pass over the current fields can read.</summary>
    private static List<string> Lacks(string name, ulong fingerprint, List<Field> old, List<Field> current)
    {
        var names = old.Select(f => f.Name).ToHashSet();
        var kept = current.Where(f => names.Contains(f.Name)).ToList();
        if (!kept.Select(f => (f.Name, f.Type.Kind)).SequenceEqual(old.Select(f => (f.Name, f.Type.Kind))))
            throw new SchemaException($"{name}.avsc moves, removes or retypes fields of its version {fingerprint:X16}: new fields may be added, and nothing else");
        var later = current.Where(f => !names.Contains(f.Name)).ToList();
        return later.Find(f => f.Default is null) is { } bare
            ? throw new SchemaException($"{name}.{bare.Name} needs a default: records of version {fingerprint:X16} do not have it")
            : [.. later.Select(f => f.Name)];
    }

    private static Table? TableOf(JsonNode? node) => node is null
        ? null
        : new Table(
            (string)node["table"]!,
            (string?)node["with"],
            [.. (node["columns"]?.AsArray() ?? []).Select(c => new LoaderColumn((string)c!["name"]!, (string)c["type"]!, (string)c["doc"]!))],
            (bool?)node["read"] ?? false);

    private static void Check(SchemaRecord record)
    {
        var fields = record.Fields;
        if (record.Prefix is not null && !fields.Any(f => f.Name == record.Prefix))
            throw new SchemaException($"{record.FileName}.avsc has no field {record.Prefix}, which its property prefix names");
        if (fields.SkipLast(1).Any(f => f.Type.Kind == AvroKind.Map))
            throw new SchemaException($"{record.FileName}.avsc: a map has to be the last field, its blocks are kept as they are");
        if (record.Table is null && fields.Any(f => f.ColumnType is not null))
            throw new SchemaException($"{record.FileName}.avsc has columns and no table");
    }

    private static string? Text(JsonObject node, string name) => (string?)node[name];

    /// <summary>Types of one file; a name may be used again after it was defined.</summary>
    private sealed class TypeReader(string file)
    {
        private readonly Dictionary<string, AvroType> _named = [];

        public List<Field> Fields(JsonObject record) => [.. record["fields"]!.AsArray().Select(f => Field(f!.AsObject()))];

        private Field Field(JsonObject field)
        {
            var name = Text(field, "name")!;
            var doc = Text(field, "doc") ?? throw new SchemaException($"{file}.{name} is not documented");
            var type = Type(field["type"]!, name, doc);
            return new Field(name, type, doc, field.ContainsKey("default") ? Default(field["default"]!, type) : null, Text(field, "column") ?? name, ColumnType(field, type));
        }

        /// <summary>Enum8 gets its symbols from the field's type.</summary>
        private static string? ColumnType(JsonObject field, AvroType type) => Text(field, "clickhouse") is "Enum8" && type.Symbols is { } e
            ? $"Enum8({string.Join(", ", e.Symbols.Select((symbol, code) => $"'{symbol}' = {code}"))})"
            : Text(field, "clickhouse");

        private static string Default(JsonNode value, AvroType type) => type.Kind switch
        {
            AvroKind.Int => value.GetValue<int>().ToString(CultureInfo.InvariantCulture),
            AvroKind.Long => value.GetValue<long>().ToString(CultureInfo.InvariantCulture),
            AvroKind.Boolean => value.GetValue<bool>() ? "true" : "false",
            AvroKind.String => value.GetValue<string>().Length == 0 ? "\"\"" : throw new SchemaException("a text may have the empty text as default only"),
            AvroKind.Longs or AvroKind.Items => "[]",
            _ => throw new SchemaException($"a default of type {type.Kind} is not known here"),
        };

        private AvroType Type(JsonNode node, string field, string doc)
        {
            if (node is JsonObject type)
                return Complex(type, field, doc);
            var name = (string)node!;
            return name switch
            {
                "boolean" => new AvroType(AvroKind.Boolean),
                "int" => new AvroType(AvroKind.Int),
                "long" => new AvroType(AvroKind.Long),
                "string" => new AvroType(AvroKind.String),
                "bytes" => new AvroType(AvroKind.Bytes),
                _ => _named.TryGetValue(name, out var known) ? known : throw new SchemaException($"{file}.{field}: the type {name} is not known here"),
            };
        }

        private AvroType Complex(JsonObject type, string field, string doc)
        {
            switch (Text(type, "type"))
            {
                case "enum":
                    var symbols = type["symbols"]!.AsArray().Select(s => (string)s!).ToList();
                    return Named(type, name => new AvroType(AvroKind.Enum, Symbols: new EnumType(name, Text(type, "doc") ?? doc, symbols)));
                case "record":
                    var fields = Fields(type);
                    return Named(type, name => new AvroType(AvroKind.Item, Item: new ItemType(name, Text(type, "doc") ?? doc, fields)));
                case "array":
                    var items = Type(type["items"]!, field, doc);
                    return items.Kind switch
                    {
                        AvroKind.Long => new AvroType(AvroKind.Longs),
                        AvroKind.Item => new AvroType(AvroKind.Items, Item: items.Item),
                        _ => throw new SchemaException($"{file}.{field}: an array of {items.Kind} is not known here"),
                    };
                case "map" when Text(type, "values") == "string":
                    return new AvroType(AvroKind.Map);
                default:
                    return Type(type["type"]!, field, doc);
            }
        }

        private AvroType Named(JsonObject type, Func<string, AvroType> make) => _named[Text(type, "name")!] = make(Text(type, "name")!);
    }
}

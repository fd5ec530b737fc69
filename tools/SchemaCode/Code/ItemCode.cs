using Tidemark.SchemaCode.Schemas;

namespace Tidemark.SchemaCode.Code;

/// <summary>A record in a record.</summary>
internal static class ItemCode
{
    public static string Of(ItemType item, SchemaRecord record)
    {
        var code = new CodeText(record.FileName, "Tidemark.Contracts.Avro");
        code.Line($"namespace Tidemark.Contracts.{record.Folder};");
        code.Line();
        code.Summary(item.Doc);
        foreach (var field in item.Fields)
            code.Line($"/// <param name=\"{field.Property}\">{field.Doc}</param>");
        var fields = string.Join(", ", item.Fields.Select(f => $"{OwnedRecordCode.Type(f.Type)} {f.Property}"));
        code.Block($"public readonly record struct {item.Name}({fields}) : IAvroItem<{item.Name}>", () =>
        {
            var lengths = item.Fields.Select(OwnedRecordCode.Length).Where(l => l is not null);
            var bytes = item.Fields.Where(f => f.Type.Kind != AvroKind.Item).Sum(f => AvroCode.FixedBytes(f.Type));
            code.Line($"int IAvroItem<{item.Name}>.MaxLength => {string.Join(" + ", lengths.Prepend($"{bytes}"))};");
            code.Line();
            code.Block($"void IAvroItem<{item.Name}>.Write(ref AvroWriter writer)", () => code.Lines(item.Fields.Select(f => AvroCode.Write(f.Type, f.Property, owned: true))));
            code.Line();
            code.Line($"static {item.Name} IAvroItem<{item.Name}>.Read(ref AvroReader reader) =>");
            code.Under($"new({string.Join(", ", item.Fields.Select(f => AvroCode.Read(f.Type, f.Name, owned: true)))});");
        });
        return code.ToString();
    }
}

using Tidemark.SchemaCode.Schemas;

namespace Tidemark.SchemaCode.Code;

/// <summary>Avro's types as calls of AvroReader and AvroWriter, and the bytes that they take at most.</summary>
internal static class AvroCode
{
    private const int LongBytes = 10;
    private const int IntBytes = 5;

    /// <summary>Bytes of a value at most, besides those of its text or list.</summary>
    public static int FixedBytes(AvroType type) => type.Kind switch
    {
        AvroKind.Boolean or AvroKind.Map => 1,
        AvroKind.Long => LongBytes,
        // Count and end of the blocks.
        AvroKind.Longs or AvroKind.Items => IntBytes + 1,
        AvroKind.Item => type.Item!.Fields.Sum(f => FixedBytes(f.Type)),
        _ => IntBytes,
    };

    /// <summary>How a value is written; <paramref name="value"/> is C#.</summary>
    public static string Write(AvroType type, string value, bool owned) => type.Kind switch
    {
        AvroKind.Boolean => $"writer.Boolean({value});",
        AvroKind.Int or AvroKind.Long => $"writer.Long({value});",
        AvroKind.Enum => $"writer.Long((long){value});",
        AvroKind.String when owned => $"writer.Text({value});",
        AvroKind.Longs => $"writer.Longs({value});",
        AvroKind.Map => $"writer.Map({value});",
        AvroKind.Item => $"AvroItems.Write(ref writer, {value});",
        AvroKind.Items => $"AvroItems.WriteAll(ref writer, {value});",
        _ => $"writer.Bytes({value});",
    };

    /// <summary>How a value is read.</summary>
    public static string Read(AvroType type, string field, bool owned) => type.Kind switch
    {
        AvroKind.Boolean => "reader.Boolean()",
        AvroKind.Int => "reader.Int()",
        AvroKind.Long => "reader.Long()",
        AvroKind.Enum => $"({type.Symbols!.Name})reader.Enum({type.Symbols.Symbols.Count})",
        AvroKind.String when owned => "reader.Text()",
        AvroKind.Longs => $"reader.Longs(ref {Names.Camel(field)})",
        AvroKind.Map => "reader.Rest",
        AvroKind.Item => $"AvroItems.Read<{type.Item!.Name}>(ref reader)",
        AvroKind.Items => $"AvroItems.ReadAll<{type.Item!.Name}>(ref reader)",
        _ => "reader.Bytes()",
    };
}

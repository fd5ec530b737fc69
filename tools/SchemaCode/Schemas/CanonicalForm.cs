using System.Text;
using System.Text.Json.Nodes;

namespace Tidemark.SchemaCode.Schemas;

/// <summary>Parsing canonical form and CRC-64-AVRO, written from the Avro 1.12 specification ("Transforming into Parsing Canonical Form", "Schema Fingerprints").</summary>
internal static class CanonicalForm
{
    private const ulong Empty = 0xc15d213aa4d7a795;

    private static readonly ulong[] _table = [.. Enumerable.Range(0, 256).Select(i =>
    {
        var fp = (ulong)i;
        for (var bit = 0; bit < 8; bit++)
            fp = (fp >> 1) ^ (Empty & (0 - (fp & 1)));
        return fp;
    })];

    internal static ulong Fingerprint(string schema)
    {
        var fp = Empty;
        foreach (var b in Encoding.UTF8.GetBytes(Of(schema)))
            fp = (fp >> 8) ^ _table[(byte)(fp ^ b)];
        return fp;
    }

    internal static string Of(string schema)
    {
        var text = new StringBuilder();
        Write(JsonNode.Parse(schema)!, "", text);
        return text.ToString();
    }

    private static void Write(JsonNode node, string space, StringBuilder text)
    {
        switch (node)
        {
            case JsonValue value:
                text.Append('"').Append(Name(value.GetValue<string>(), space)).Append('"');
                break;
            case JsonArray union:
                text.Append('[');
                WriteAll(union, space, text);
                text.Append(']');
                break;
            case JsonObject schema:
                WriteObject(schema, space, text);
                break;
        }
    }

    private static void WriteObject(JsonObject schema, string space, StringBuilder text)
    {
        var type = schema["type"]!;
        if (type is not JsonValue || schema["name"] is null && schema["items"] is null && schema["values"] is null)
        {
            // A primitive, or a type in a type: the attributes around it are stripped and only it is left.
            Write(type, space, text);
            return;
        }
        var own = (string?)schema["namespace"] ?? space;
        var members = new List<string>();
        if (schema["name"] is { } name)
            members.Add($"\"name\":\"{Qualified((string)name!, own)}\"");
        members.Add($"\"type\":\"{type}\"");
        if (schema["fields"] is JsonArray fields)
            members.Add("\"fields\":[" + string.Join(',', fields.Select(f => $"{{\"name\":\"{f!["name"]}\",\"type\":{Part(f["type"]!, own)}}}")) + "]");
        if (schema["symbols"] is JsonArray symbols)
            members.Add("\"symbols\":[" + string.Join(',', symbols.Select(s => $"\"{s}\"")) + "]");
        if (schema["items"] is { } items)
            members.Add("\"items\":" + Part(items, own));
        if (schema["values"] is { } values)
            members.Add("\"values\":" + Part(values, own));
        text.Append('{').AppendJoin(',', members).Append('}');
    }

    private static void WriteAll(JsonArray schemas, string space, StringBuilder text)
    {
        for (var i = 0; i < schemas.Count; i++)
        {
            if (i > 0)
                text.Append(',');
            Write(schemas[i]!, space, text);
        }
    }

    private static string Part(JsonNode node, string space)
    {
        var text = new StringBuilder();
        Write(node, space, text);
        return text.ToString();
    }

    private static string Name(string type, string space) =>
        type is "null" or "boolean" or "int" or "long" or "float" or "double" or "bytes" or "string" ? type : Qualified(type, space);

    private static string Qualified(string name, string space) => name.Contains('.', StringComparison.Ordinal) || space.Length == 0 ? name : $"{space}.{name}";
}

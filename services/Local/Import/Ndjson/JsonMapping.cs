using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tidemark.Local.Import.Rows;

namespace Tidemark.Local.Import.Ndjson;

/// <summary>Applies <c>--map</c> to an object: each field takes the value that stands at its path; the rest of the object stays.</summary>
internal sealed class JsonMapping(FieldMap map)
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };
    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public Rejection? Apply(ReadOnlySpan<byte> json, out byte[] mapped)
    {
        mapped = [];
        JsonObject? root;
        try
        {
            root = JsonNode.Parse(json, documentOptions: Strict) as JsonObject;
        }
        catch (JsonException)
        {
            return IsJson(json) ? Rejection.DuplicateKey : Rejection.NotJson;
        }
        if (root is null)
            return Rejection.NotJson;
        try
        {
            Apply(root);
            mapped = Encoding.UTF8.GetBytes(root.ToJsonString(Relaxed));
        }
        catch (InvalidOperationException)
        {
            return Rejection.NotUtf8;
        }
        return null;
    }

    private void Apply(JsonObject root)
    {
        // All are read before any is written: a field may stand where another one comes from.
        var values = map.Pairs.Select(p => Find(root, p.Column)?.DeepClone()).ToArray();
        for (var i = 0; i < values.Length; i++)
        {
            var place = FieldMap.PlaceOf(map.Pairs[i].Field);
            if (place.Length == 0)
                continue;
            if (map.Pairs[i].Field is "page" or "path" && values[i] is JsonValue value && value.TryGetValue(out string? text))
                values[i] = Encoding.UTF8.GetString(MappedEvent.PathOf(Encoding.UTF8.GetBytes(text)));
            Put(root, place, values[i]);
        }
    }

    // A member of that very name wins over a path, at each level.
    private static JsonNode? Find(JsonObject from, string path)
    {
        if (from.TryGetPropertyValue(path, out var found))
            return found;
        for (var dot = path.IndexOf('.', StringComparison.Ordinal); dot >= 0; dot = path.IndexOf('.', dot + 1))
        {
            if (from.TryGetPropertyValue(path[..dot], out var inner) && inner is JsonObject next && Find(next, path[(dot + 1)..]) is { } value)
                return value;
        }
        return null;
    }

    private static void Put(JsonObject into, string place, JsonNode? value)
    {
        var dot = place.IndexOf('.', StringComparison.Ordinal);
        if (dot < 0)
        {
            into[place] = value;
            return;
        }
        if (into[place[..dot]] is not JsonObject inner)
        {
            if (value is null)
                return;
            into[place[..dot]] = inner = [];
        }
        Put(inner, place[(dot + 1)..], value);
    }

    private static bool IsJson(ReadOnlySpan<byte> json)
    {
        try
        {
            var reader = new Utf8JsonReader(json);
            while (reader.Read()) { }
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}

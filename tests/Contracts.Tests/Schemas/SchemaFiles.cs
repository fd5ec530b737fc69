using System.Reflection;
using System.Text.Json.Nodes;
using Avro;

namespace Tidemark.Contracts.Tests.Schemas;

/// <summary>The schemas as they are embedded: the current ones, and every released version under <c>schemas/history/NAME/FINGERPRINT.avsc</c>.</summary>
internal static class SchemaFiles
{
    private static readonly Assembly _assembly = typeof(Topics).Assembly;

    internal static IReadOnlyList<string> Current { get; } =
        [.. Names().Where(n => n.Split('/').Length == 2).Select(n => Path.GetFileNameWithoutExtension(n)).Order(StringComparer.Ordinal)];

    internal static string Read(string name) => Text($"schemas/{name}.avsc");

    internal static IReadOnlyList<(string Fingerprint, string Json)> History(string name) =>
        [.. Names().Where(n => n.StartsWith($"schemas/history/{name}/", StringComparison.Ordinal)).Select(n => (Path.GetFileNameWithoutExtension(n), Text(n)))];

    /// <summary>Logical types change nothing in the bytes; without them the generic classes take the plain numbers, over their whole range.</summary>
    internal static Schema Plain(string json)
    {
        var node = JsonNode.Parse(json)!;
        Strip(node);
        return Schema.Parse(node.ToJsonString());
    }

    private static void Strip(JsonNode? node)
    {
        if (node is JsonArray array)
        {
            foreach (var item in array)
                Strip(item);
        }
        else if (node is JsonObject obj)
        {
            obj.Remove("logicalType");
            foreach (var (_, value) in obj)
                Strip(value);
        }
    }

    private static IEnumerable<string> Names() => _assembly.GetManifestResourceNames().Select(n => n.Replace('\\', '/')).Where(n => n.EndsWith(".avsc", StringComparison.Ordinal));

    private static string Text(string name)
    {
        var actual = _assembly.GetManifestResourceNames().Single(n => n.Replace('\\', '/') == name);
        using var reader = new StreamReader(_assembly.GetManifestResourceStream(actual)!);
        return reader.ReadToEnd();
    }
}

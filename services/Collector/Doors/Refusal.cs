using System.Text.Json.Serialization;

namespace Tidemark.Collector.Doors;

/// <summary>Body of every answer that is no success.</summary>
internal sealed record Refusal([property: JsonPropertyName("error")] string Error, [property: JsonPropertyName("message")] string Message);

[JsonSerializable(typeof(Refusal))]
internal sealed partial class RefusalJson : JsonSerializerContext;

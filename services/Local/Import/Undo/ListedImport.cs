using System.Text.Json.Serialization;

namespace Tidemark.Local.Import.Undo;

/// <summary>An import as the collector knows it.</summary>
/// <param name="Import">Its name.</param>
/// <param name="Generation">How often it was taken back: what is sent now has to say this number.</param>
/// <param name="State">opened, ended, or undone: taken back and not sent again since.</param>
internal sealed record ListedImport(string Import, int Generation, string State)
{
    [JsonIgnore]
    public bool IsUndone => State == "undone";
}

/// <param name="Project">Of the key; null where the collector is of a version that does not tell.</param>
/// <param name="Imports">Its imports.</param>
internal sealed record ImportList(string? Project, IReadOnlyList<ListedImport> Imports);

/// <summary>The imports of a project by name.</summary>
/// <param name="Project">Null where the collector does not tell.</param>
/// <param name="ByName">The imports.</param>
internal sealed record KnownImports(string? Project, IReadOnlyDictionary<string, ListedImport> ByName);

/// <param name="Import">Its name.</param>
/// <param name="Generation">The generation that was taken back.</param>
/// <param name="Ended">False when its end had not been told.</param>
internal sealed record UndoneImport(string Import, int Generation, bool Ended);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ImportList))]
[JsonSerializable(typeof(UndoneImport))]
internal sealed partial class ImportsJson : JsonSerializerContext;

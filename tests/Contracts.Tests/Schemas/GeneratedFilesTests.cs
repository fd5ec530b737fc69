using Tidemark.SchemaCode;

namespace Tidemark.Contracts.Tests.Schemas;

/// <summary>The checked-in files that are generated from <c>schemas/</c> are what the schemas give.</summary>
public sealed class GeneratedFilesTests
{
    private static readonly string _root = RepositoryFolder.Root;

    [Fact]
    public void EveryGeneratedFile_IsWhatTheSchemasGive()
    {
        var stale = GeneratedFiles.Of(Path.Combine(_root, "schemas")).Where(f => !IsSame(Path.Combine(_root, f.Key), f.Value)).Select(f => f.Key).ToList();
        Assert.True(stale.Count == 0, $"run `dotnet run --project tools/SchemaCode`: {string.Join(", ", stale)} is not what schemas/ says");
    }

    [Fact]
    public void NoGeneratedFile_IsLeftBehind() => Assert.Empty(GeneratedFiles.Leftovers(_root));

    private static bool IsSame(string file, string text) => File.Exists(file) && File.ReadAllText(file).ReplaceLineEndings("\n") == text;
}

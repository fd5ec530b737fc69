using Tidemark.Local.Commands;

namespace Tidemark.Local.Tests.Export;

/// <summary>What ends before anything is exported: the whole command, as typed.</summary>
public sealed class ExportCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tidemark-export-").FullName;

    [Theory]
    [InlineData("a.ndjson", "b.ndjson")]
    [InlineData("a.csv", "--format", "csv")]
    [InlineData("a.ndjson", "--from", "soon")]
    [InlineData("a.ndjson", "--from", "1714521600")]
    [InlineData("a.ndjson", "--from", "2024-05-02", "--to", "2024-05-01")]
    [InlineData("no-such-folder/a.ndjson")]
    [InlineData("a.ndjson")]
    public async Task Export_WrongUseOrNothingThere_FailsAndLeavesNoFile(string file, params string[] more)
    {
        Assert.Equal(1, await CommandTree.RunAsync(["export", Path.Combine(_folder, file), "--data", Path.Combine(_folder, "data"), .. more]));
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder));
    }

    [Fact]
    public async Task Export_FileIsThere_IsLeftAlone()
    {
        var file = Path.Combine(_folder, "mine.ndjson");
        await File.WriteAllTextAsync(file, "mine");
        Assert.Equal(1, await CommandTree.RunAsync(["export", file, "--data", Path.Combine(_folder, "data")]));
        Assert.Equal("mine", await File.ReadAllTextAsync(file));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}

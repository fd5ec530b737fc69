using Tidemark.Local.Configuration;
using Tidemark.Local.Hosting;

namespace Tidemark.Local.Tests.Configuration;

/// <summary>Events and sessions are personal data: the folder that holds them is for its owner only.</summary>
public sealed class DataFolderTests : IDisposable
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode Open = Private | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    private readonly string _folder = Directory.CreateTempSubdirectory("tidemark-mode-").FullName;

    private string Data => Path.Combine(_folder, "data");

    [SkippableFact]
    public void Lock_NewFolder_IsPrivate()
    {
        Skip.If(OperatingSystem.IsWindows(), "modes are of Unix: run it on Linux or macOS");
        using var taken = FolderLock.TryTake(Data);
        Assert.NotNull(taken);
        Assert.Equal(Private, Mode());
        Assert.Null(DataFolder.MakePrivate(Data));
    }

    [SkippableTheory]
    [InlineData]
    [InlineData("log", "clickhouse", "tidemark.json", "visitor.key")]
    public void Lock_OpenFolderThatIsOurs_BecomesPrivate(params string[] entries)
    {
        Skip.If(OperatingSystem.IsWindows(), "modes are of Unix: run it on Linux or macOS");
        Make(entries);
        using var taken = FolderLock.TryTake(Data);
        Assert.NotNull(taken);
        Assert.Equal(Private, Mode());
    }

    [SkippableFact]
    public void Lock_OpenFolderWithOthersFiles_StaysAndIsSaid()
    {
        Skip.If(OperatingSystem.IsWindows(), "modes are of Unix: run it on Linux or macOS");
        Make(["log", "holiday.jpg"]);
        using var taken = FolderLock.TryTake(Data);
        Assert.NotNull(taken);
        Assert.Equal(Open, Mode());
        var line = DataFolder.MakePrivate(Data);
        Assert.Contains("is open to other users of this machine (mode 755)", line, StringComparison.Ordinal);
        Assert.Contains("chmod 700", line, StringComparison.Ordinal);
    }

    private UnixFileMode Mode() => OperatingSystem.IsWindows() ? Private : File.GetUnixFileMode(Data);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private void Make(string[] entries)
    {
        foreach (var entry in entries)
            Directory.CreateDirectory(Path.Combine(Data, entry));
        Directory.CreateDirectory(Data);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(Data, Open);
    }
}

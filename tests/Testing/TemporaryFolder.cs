namespace Tidemark.Testing;

/// <summary>A folder that is gone when the test is.</summary>
/// <param name="name">A part of its name, for whoever finds it while the test runs.</param>
public sealed class TemporaryFolder(string name = "test") : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory($"tidemark-{name}-").FullName;

    /// <summary>The path of a file in it.</summary>
    public string this[string relative] => System.IO.Path.Combine(Path, relative);

    /// <summary>Writes a program in the place of a real one.</summary>
    public void Script(string relative, string text)
    {
        File.WriteAllText(this[relative], text);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(this[relative], UnixFileMode.UserRead | UnixFileMode.UserExecute);
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}

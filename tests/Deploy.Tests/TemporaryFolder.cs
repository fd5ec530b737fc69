namespace Tidemark.Deploy.Tests;

/// <summary>A folder for one test.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    internal string Path { get; } = Directory.CreateTempSubdirectory("tidemark-deploy-").FullName;

    internal string this[string relative] => System.IO.Path.Combine(Path, relative);

    /// <summary>Writes a program in the place of a real one.</summary>
    internal void Script(string relative, string text)
    {
        File.WriteAllText(this[relative], text);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(this[relative], UnixFileMode.UserRead | UnixFileMode.UserExecute);
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}

using System.Reflection;

namespace Tidemark.Telemetry.Tests.Hosting;

/// <summary>Files of the repository, and the folder <c>shared</c> beside it.</summary>
internal static class Repository
{
    internal static string Root { get; } = typeof(Repository).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "RepositoryRoot").Value!;

    internal static string Prometheus { get; } = Path.Combine(Root, "deploy", "prometheus");

    /// <summary>Null when there is no such file. A worktree may lie one folder deeper than the repository.</summary>
    internal static string? Shared(string path)
    {
        for (var folder = Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(Root)); folder is not null; folder = Path.GetDirectoryName(folder))
        {
            var file = Path.Combine(folder, "shared", path);
            if (File.Exists(file))
                return file;
        }
        return null;
    }

    /// <summary>The program of this name on the PATH; null when it is not installed.</summary>
    internal static string? Installed(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);
}

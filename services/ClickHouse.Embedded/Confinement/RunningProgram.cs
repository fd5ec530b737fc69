using System.Text;

namespace Tidemark.ClickHouse.Embedded.Confinement;

/// <summary>What this process runs from: its file, its runtime, the libraries that it has loaded. Linux.</summary>
internal static class RunningProgram
{
    /// <summary>The file that execve is given: <c>dotnet</c>, or the program's own.</summary>
    public static string File { get; } = System.IO.File.ResolveLinkTarget("/proc/self/exe", returnFinalTarget: true)?.FullName ?? "/proc/self/exe";

    /// <summary>The arguments as they were given, the program's name first.</summary>
    // Each ends in a zero, the last one too; empty ones are arguments.
    public static string[] Arguments => Encoding.UTF8.GetString(System.IO.File.ReadAllBytes("/proc/self/cmdline")).Split('\0')[..^1];

    /// <summary>
    /// The runtime's root, such as /usr/share/dotnet; null when the program brings its own. By the place of the core library: a program's own file does not lie there.
    /// </summary>
    public static string? RuntimeRoot
    {
        get
        {
            var version = Path.GetDirectoryName(typeof(object).Assembly.Location);
            var shared = Path.GetDirectoryName(Path.GetDirectoryName(version));
            return Path.GetFileName(shared) == "shared" ? Path.GetDirectoryName(shared) : null;
        }
    }

    public static IEnumerable<string> RuntimeFolders => RuntimeRoot is { } root ? [Path.Combine(root, "host"), Path.Combine(root, "shared")] : [];

    /// <summary>Loaded libraries that lie in none of the folders, as on systems that keep them in places of their own.</summary>
    public static IEnumerable<string> LoadedElsewhere(IReadOnlyList<string> folders)
        => System.IO.File.ReadLines("/proc/self/maps")
            .Select(line => line.IndexOf('/', StringComparison.Ordinal) is > 0 and var start ? line[start..] : "")
            .Where(path => path.Contains(".so", StringComparison.Ordinal) && !folders.Any(folder => path.StartsWith(folder.TrimEnd('/') + "/", StringComparison.Ordinal)))
            .Distinct(StringComparer.Ordinal);
}

using System.Text.RegularExpressions;

namespace Tidemark.Deploy.Tests.Images;

/// <summary>What Docker sends to the build: .dockerignore's patterns in order, the last that fits decides; a pattern fits what lies below it too.</summary>
internal static class BuildContext
{
    private static readonly List<(bool Included, Regex Pattern)> Rules =
    [
        .. RepositoryFolder.Read(".dockerignore").Split('\n').Where(line => line.Length > 0 && line[0] != '#')
            .Select(line => (line[0] == '!', new Regex("^" + Regex.Escape(line.TrimStart('!')).Replace(@"\*\*/", "(.*/)?", StringComparison.Ordinal).Replace(@"\*", "[^/]*", StringComparison.Ordinal) + "(/.*)?$"))),
    ];

    internal static bool Has(string path) => Rules.FindLast(rule => rule.Pattern.IsMatch(path)) is { Pattern: not null, Included: true } or { Pattern: null };

    /// <summary>Copies the context as Docker would take it.</summary>
    internal static void CopyTo(string target)
    {
        foreach (var file in Files())
        {
            var copy = Path.Combine(target, file);
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(RepositoryFolder.PathOf(file), copy);
        }
    }

    internal static IEnumerable<string> Files() => Below("");

    private static IEnumerable<string> Below(string folder)
    {
        foreach (var entry in Directory.EnumerateFileSystemEntries(RepositoryFolder.PathOf(folder)))
        {
            var path = Path.GetRelativePath(RepositoryFolder.Root, entry).Replace('\\', '/');
            if (Directory.Exists(entry))
            {
                // The folders of other tools are large, and no pattern takes anything below them.
                if (Path.GetFileName(entry) is not ("bin" or "obj" or "node_modules" or ".git"))
                {
                    foreach (var file in Below(path))
                        yield return file;
                }
            }
            else if (Has(path))
            {
                yield return path;
            }
        }
    }
}

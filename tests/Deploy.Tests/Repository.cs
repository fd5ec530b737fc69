using System.Reflection;

namespace Tidemark.Deploy.Tests;

/// <summary>Where the files under test are, and the checking tools that lie beside the repository on machines without Docker.</summary>
internal static class Repository
{
    internal static string Root { get; } =
        typeof(Repository).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "RepositoryRoot").Value!;

    internal static string PathOf(params ReadOnlySpan<string> parts) => Path.Combine([Root, .. parts]);

    internal static string Read(params ReadOnlySpan<string> parts) => File.ReadAllText(PathOf(parts));

    /// <summary>A program of <c>../shared/deploy-checks</c>; the test is skipped where it is not.</summary>
    internal static string CheckTool(string name)
    {
        var tool = Path.GetFullPath(PathOf("..", "shared", "deploy-checks", name));
        Skip.IfNot(OperatingSystem.IsLinux() && File.Exists(tool), $"SKIPPED: no {name} in ../shared/deploy-checks; lay it there beside the repository to check the deployment files without Docker");
        return tool;
    }
}

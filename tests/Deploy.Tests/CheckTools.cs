namespace Tidemark.Deploy.Tests;

/// <summary>The checking tools that lie beside the repository on machines without Docker.</summary>
internal static class CheckTools
{
    /// <summary>A program of <c>../shared/deploy-checks</c>; the test is skipped where it is not.</summary>
    internal static string PathOf(string name)
    {
        var tool = RepositoryFolder.Shared("deploy-checks", name);
        Skip.IfNot(OperatingSystem.IsLinux() && File.Exists(tool), $"no {name} in ../shared/deploy-checks; lay it there beside the repository to check the deployment files without Docker");
        return tool;
    }
}

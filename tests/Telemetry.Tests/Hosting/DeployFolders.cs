namespace Tidemark.Telemetry.Tests.Hosting;

/// <summary>Where the files under test are.</summary>
internal static class DeployFolders
{
    internal static string Prometheus { get; } = RepositoryFolder.PathOf("deploy", "prometheus");
}

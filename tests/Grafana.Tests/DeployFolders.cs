namespace Tidemark.Grafana.Tests;

/// <summary>Where the files under test are.</summary>
internal static class DeployFolders
{
    internal static string Grafana { get; } = RepositoryFolder.PathOf("deploy", "grafana");

    internal static string Dashboards { get; } = Path.Combine(Grafana, "dashboards");

    internal static string Prometheus { get; } = RepositoryFolder.PathOf("deploy", "prometheus");
}

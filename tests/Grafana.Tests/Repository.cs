using System.Reflection;

namespace Tidemark.Grafana.Tests;

/// <summary>Where the files under test are.</summary>
internal static class Repository
{
    internal static string Root { get; } =
        typeof(Repository).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "RepositoryRoot").Value!;

    internal static string Grafana { get; } = Path.Combine(Root, "deploy", "grafana");

    internal static string Dashboards { get; } = Path.Combine(Grafana, "dashboards");

    internal static string Prometheus { get; } = Path.Combine(Root, "deploy", "prometheus");
}

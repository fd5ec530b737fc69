namespace Tidemark.Deploy.Tests.Services;

/// <summary>The three programs, built along with this project in the same configuration.</summary>
internal static class Programs
{
    /// <param name="service">collector, sessionizer or aggregator.</param>
    internal static string Of(string service)
    {
        var framework = new DirectoryInfo(AppContext.BaseDirectory);
        return RepositoryFolder.PathOf("services", $"Cluster.{char.ToUpperInvariant(service[0])}{service[1..]}", "bin", framework.Parent!.Name, framework.Name, $"tidemark-{service}.dll");
    }
}

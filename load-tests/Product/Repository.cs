using System.Reflection;

namespace Tidemark.LoadTests.Product;

/// <summary>Where the repository lies that this was built from.</summary>
internal static class Repository
{
    internal static string Root { get; } =
        Path.GetFullPath(typeof(Repository).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "RepositoryRoot").Value!);
}

using System.Reflection;

namespace Tidemark.ServiceDefaults;

/// <summary>The version that <c>Directory.Build.props</c> names, as everything of both editions shows it.</summary>
public static class ProductVersion
{
    // Of this assembly: the one that the process began with is a test host in tests.
    public static string Text { get; } = typeof(ProductVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
}

using System.Reflection;

namespace Tidemark.Testing;

/// <summary>The files of the repository that this was built from, and the folder <c>shared</c> beside it.</summary>
public static class RepositoryFolder
{
    /// <summary>As it was named, not as links resolve it: <c>shared</c> is beside that.</summary>
    public static string Root { get; } =
        Path.GetFullPath(typeof(RepositoryFolder).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "RepositoryRoot").Value!);

    public static string PathOf(params ReadOnlySpan<string> parts) => Path.Combine([Root, .. parts]);

    public static string Read(params ReadOnlySpan<string> parts) => File.ReadAllText(PathOf(parts));

    /// <summary>A file or folder of <c>shared</c>, which a machine may lack: whether it is there is the caller's to ask.</summary>
    public static string Shared(params ReadOnlySpan<string> parts) => Path.GetFullPath(Path.Combine([Root, "..", "shared", .. parts]));
}

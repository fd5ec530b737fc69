namespace Tidemark.SchemaCode;

internal static class Repository
{
    /// <summary>The folder with <c>schemas/</c>, at or above the given one; null when there is none.</summary>
    public static string? Root(string folder)
    {
        for (var at = new DirectoryInfo(folder); at is not null; at = at.Parent)
        {
            if (File.Exists(Path.Combine(at.FullName, "schemas", "event.avsc")))
                return at.FullName;
        }
        return null;
    }
}

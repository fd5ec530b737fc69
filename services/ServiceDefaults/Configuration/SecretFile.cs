namespace Tidemark.ServiceDefaults.Configuration;

/// <summary>A value in a file of its own, as Docker and Kubernetes hand over secrets.</summary>
public static class SecretFile
{
    private const int MostBytes = 64 << 10;

    /// <summary>The file's text without the line break at its end; null, and why, when there is none.</summary>
    public static string? Read(string path, out string why)
    {
        try
        {
            if (new FileInfo(path) is { Exists: true, Length: > MostBytes })
            {
                why = $"the file {path} is larger than a secret may be ({MostBytes >> 10} KiB)";
                return null;
            }
            var text = File.ReadAllText(path).TrimEnd('\r', '\n');
            why = text.Length == 0 ? $"the file {path} is empty" : "";
            return text.Length == 0 ? null : text;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            why = $"there is no file {path}";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            why = $"the file {path} cannot be read: {e.Message}";
        }
        return null;
    }
}

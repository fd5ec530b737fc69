using System.Text.Json;
using Microsoft.Extensions.Configuration;

namespace Tidemark.Local.Configuration;

/// <summary>The options in a JSON file, by path: <c>gap</c>, <c>allowedHosts:0</c>, <c>projectRules:local:gap</c>.</summary>
internal static class SettingsFile
{
    public const string UsualName = "tidemark.json";

    /// <summary>The line that says that other users of this machine can read a file; null when they cannot.</summary>
    public static string? OpenLine(string path)
    {
        const UnixFileMode read = UnixFileMode.GroupRead | UnixFileMode.OtherRead, enter = UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        if (OperatingSystem.IsWindows() || (File.GetUnixFileMode(path) & read) == 0 || (File.GetUnixFileMode(Path.GetDirectoryName(Path.GetFullPath(path))!) & enter) == 0)
            return null;
        return $"the configuration file {Quoted.Text(path)} has secrets and can be read by other users of this machine (mode {Convert.ToString((int)File.GetUnixFileMode(path), 8)}): chmod 600 it";
    }

    /// <summary>Empty when there is something wrong with the file, which is said in the mistakes.</summary>
    public static IReadOnlyList<KeyValuePair<string, string?>> Read(string path, List<string> mistakes)
    {
        try
        {
            var bytes = File.ReadAllBytes(path);
            using (var json = JsonDocument.Parse(bytes, new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true }))
            {
                if (json.RootElement.ValueKind != JsonValueKind.Object)
                    throw new FormatException();
            }
            using var stream = new MemoryStream(bytes);
            return [.. new ConfigurationBuilder().AddJsonStream(stream).Build().AsEnumerable().Where(static pair => pair.Value is not null)];
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidDataException)
        {
            mistakes.Add($"{path} is not a JSON object of options, each once, such as {{\"gap\": \"30m\"}}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            mistakes.Add($"{path} cannot be read: {Quoted.Text(e.Message)}");
        }
        return [];
    }
}

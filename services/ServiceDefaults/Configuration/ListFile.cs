using System.Text;
using Microsoft.Extensions.Configuration;

namespace Tidemark.ServiceDefaults.Configuration;

/// <summary>A list of records in a file of its own, so that projects and their keys can be a secret as a whole: a JSON array, or an object with the list as its member.</summary>
internal static class ListFile
{
    internal static IConfigurationSection? Read(string path, string member, out string why)
    {
        if (SecretFile.Read(path, out why) is not { } text)
            return null;
        if (text.AsSpan().TrimStart().StartsWith('['))
            text = $$"""{"{{member}}": {{text}}}""";
        try
        {
            using var stream = new MemoryStream(Encoding.UTF8.GetBytes(text));
            var root = new ConfigurationBuilder().AddJsonStream(stream).Build();
            if (root.GetChildren().FirstOrDefault(c => !c.Key.Equals(member, StringComparison.OrdinalIgnoreCase)) is { } stranger)
                why = $"the file {path} has a member {stranger.Key}; it may only have {member}, or be an array";
            else
                return root.GetSection(member);
        }
        // JSON that is none; its message has the line.
        catch (Exception e) when (e is FormatException or System.Text.Json.JsonException)
        {
            why = $"the file {path} is not JSON: {e.Message}";
        }
        return null;
    }
}

using System.Text.RegularExpressions;

namespace Tidemark.Deploy.Tests.Compose;

/// <summary>.env.example: settings that are commented out, with the default where there is one.</summary>
internal static partial class EnvExample
{
    internal static ILookup<string, string> Settings { get; } =
        Setting().Matches(RepositoryFolder.Read(".env.example")).ToLookup(m => m.Groups["name"].Value, m => m.Groups["value"].Value);

    internal static string WithAllSettings() => Setting().Replace(RepositoryFolder.Read(".env.example"), "${name}=${value}");

    [GeneratedRegex("^#(?<name>[A-Z_]+)=(?<value>.*)$", RegexOptions.Multiline)]
    private static partial Regex Setting();
}

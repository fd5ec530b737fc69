using System.Text.RegularExpressions;

namespace Tidemark.Deploy.Tests.Compose;

/// <summary>docker-compose.yml as docker compose reads it: anchors merged, variables replaced.</summary>
internal sealed partial class ComposeFile
{
    private ComposeFile(string text, IReadOnlyDictionary<string, string> environment)
    {
        Variables = Variable().Matches(text).ToLookup(m => m.Groups["name"].Value, m => m.Groups["default"].Value);
        var resolved = Variable().Replace(text, m => environment.GetValueOrDefault(m.Groups["name"].Value) is { Length: > 0 } given ? given : m.Groups["default"].Value);
        Content = Yaml.Read<ComposeContent>(resolved.Replace("$$", "$", StringComparison.Ordinal));
    }

    internal static ComposeFile Default { get; } = Read(new Dictionary<string, string>());

    internal ComposeContent Content { get; }

    internal IReadOnlyDictionary<string, ComposeService> Services => Content.Services;

    /// <summary>Every <c>${NAME:-default}</c> with its defaults.</summary>
    internal ILookup<string, string> Variables { get; }

    internal static ComposeFile Read(IReadOnlyDictionary<string, string> environment) => new(Text, environment);

    internal static string Text => RepositoryFolder.Read("docker-compose.yml");

    [GeneratedRegex(@"(?<!\$)\$\{(?<name>[A-Z_]+):-(?<default>[^}]*)\}")]
    private static partial Regex Variable();
}

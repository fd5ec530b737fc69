using System.Text.Json;

namespace Tidemark.Collector.Agents;

/// <summary>
/// The data sets, from the assembly. uap-core's YAML is read line by line, since it uses one form of all that YAML has, and a reader of all of it takes a tenth of a second to start;
/// a line of any other form is an error, and a test holds the outcome against such a reader.
/// </summary>
internal static class AgentData
{
    private const string Item = "- regex:";

    internal static FamilyRule[] Browsers(string yaml) => Rules(yaml, "user_agent_parsers:", "family_replacement:");

    internal static FamilyRule[] Systems(string yaml) => Rules(yaml, "os_parsers:", "os_replacement:");

    internal static FamilyRule[] Devices(string yaml) => Rules(yaml, "device_parsers:", "device_replacement:");

    internal static string Families()
    {
        using var reader = new StreamReader(Resource("regexes.yaml"));
        return reader.ReadToEnd();
    }

    /// <summary>Patterns of user agents that are robots.</summary>
    internal static List<string> Robots()
    {
        using var stream = Resource("crawler-user-agents.json");
        using var entries = JsonDocument.Parse(stream);
        var patterns = new List<string>(entries.RootElement.GetArrayLength());
        foreach (var entry in entries.RootElement.EnumerateArray())
            patterns.Add(entry.GetProperty("pattern").GetString()!);
        return patterns;
    }

    internal static Stream Resource(string name) => typeof(AgentData).Assembly.GetManifestResourceStream(name)!;

    private static FamilyRule[] Rules(string yaml, string section, string replacement)
    {
        var rules = new List<FamilyRule>();
        var inside = false;
        foreach (var line in yaml.AsSpan().EnumerateLines())
        {
            var text = line.Trim();
            if (text.IsEmpty || text[0] == '#')
                continue;
            if (!char.IsWhiteSpace(line[0]))
                inside = text.SequenceEqual(section);
            else if (!inside)
                continue;
            else if (text.StartsWith(Item))
                rules.Add(new FamilyRule(Quoted(text), false, null, null));
            else if (text.StartsWith(replacement))
                rules[^1] = rules[^1] with { Replacement = Quoted(text) };
            else if (text.StartsWith("brand_replacement:"))
                rules[^1] = rules[^1] with { Brand = Quoted(text) };
            else if (text.StartsWith("regex_flag:"))
                rules[^1] = rules[^1] with { IgnoreCase = Quoted(text) == "i" ? true : throw Unreadable(text) };
        }
        return rules.Count > 0 ? [.. rules] : throw new InvalidDataException($"regexes.yaml has no {section}");
    }

    /// <summary>The value in single quotes, in which a quote stands twice; a comment may follow.</summary>
    private static string Quoted(ReadOnlySpan<char> line)
    {
        var start = line.IndexOf(": '") + 3;
        var end = line.LastIndexOf('\'');
        var rest = line[(end + 1)..].TrimStart();
        if (start < 3 || end < start || !(rest.IsEmpty || rest[0] == '#'))
            throw Unreadable(line);
        var value = line[start..end];
        return value.Contains('\'') ? value.ToString().Replace("''", "'", StringComparison.Ordinal) : value.ToString();
    }

    private static InvalidDataException Unreadable(ReadOnlySpan<char> line) => new($"regexes.yaml has a line that is not understood: {line}");
}

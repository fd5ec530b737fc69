using System.Text.Json;
using Tidemark.ServiceDefaults.Configuration;

namespace Tidemark.Local.Configuration;

/// <summary>Puts the options together: command line over environment over file over default. Reports every mistake at once.</summary>
internal static class OptionsReader
{
    private const string DataVariable = "TIDEMARK_DATA";
    private const string ConfigVariable = "TIDEMARK_CONFIG";

    /// <param name="commandLine">Texts by option name, as far as they were given; also "data" and "config".</param>
    /// <param name="environment">Looks up a variable; null or empty is not set.</param>
    /// <param name="readsFile">False leaves the configuration file alone.</param>
    /// <exception cref="CommandFailedException">With one line per mistake.</exception>
    public static LocalOptions Read(IReadOnlyDictionary<string, string> commandLine, Func<string, string?> environment, bool readsFile = true)
    {
        var mistakes = new List<string>();
        var data = Text("data", DataVariable) ?? DataFolder.Default();
        var config = Text("config", ConfigVariable);
        var file = readsFile ? ReadFile(config, Path.Combine(data, "tidemark.json"), mistakes) : [];
        var given = new HashSet<string>(StringComparer.Ordinal);
        var options = new LocalOptions { Data = Path.GetFullPath(data) };
        foreach (var entry in OptionTable.All)
        {
            var (text, source) = commandLine.TryGetValue(entry.Name, out var typed) ? (typed, $"--{entry.Name}")
                : environment(entry.EnvironmentName) is { Length: > 0 } variable ? (variable, entry.EnvironmentName)
                : file.TryGetValue(entry.Name, out var written) ? (written, $"{entry.CamelName} in {config ?? Path.Combine(data, "tidemark.json")}")
                : (null, "");
            if (text is null)
                continue;
            given.Add(entry.Name);
            if (entry.Apply(options, text) is { } applied)
                options = applied;
            else if (entry.Explain is { } explain)
                mistakes.AddRange(explain(text).Select(mistake => $"{source}: {mistake}"));
            else
                mistakes.Add($"{source}: {Quoted.Text(text)} is not {entry.Takes}");
        }
        if (options.HttpPort != 0 && options.HttpPort == options.SqlPort)
            mistakes.Add($"--http-port and --sql-port are both {options.HttpPort}: choose two different ones");
        if (options.MaxDuration < options.Gap)
            mistakes.Add($"--max-duration ({Durations.Format(options.MaxDuration)}) must not be shorter than --gap ({Durations.Format(options.Gap)})");
        foreach (var project in options.Projects.Where(p => (p.MaxDuration ?? options.MaxDuration) < (p.Gap ?? options.Gap)))
            mistakes.Add($"--project-rules: the longest session of {project.Name} must not be shorter than its gap; give it a max-duration");
        if (mistakes.Count > 0)
            throw new CommandFailedException(string.Join('\n', mistakes));
        return Ordered(options, given.Contains(OptionTable.Disorder.Name)) with { Given = given };

        string? Text(string name, string variable) =>
            commandLine.TryGetValue(name, out var typed) ? typed : environment(variable) is { Length: > 0 } set ? set : null;
    }

    /// <summary>Where nobody said how much disorder there is, a gap that is shorter than the default is what it is.</summary>
    private static LocalOptions Ordered(LocalOptions options, bool given)
    {
        if (given)
            return options;
        var general = options.Gap < options.Disorder ? options.Gap : options.Disorder;
        return options with
        {
            Disorder = general,
            Projects = [.. options.Projects.Select(p => p.Disorder is null && p.Gap < options.Disorder ? p with { Disorder = p.Gap } : p)],
        };
    }

    /// <summary>Values by option name; empty when the default file is not there. A file that was named has to be.</summary>
    private static Dictionary<string, string> ReadFile(string? named, string usual, List<string> mistakes)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        var path = named ?? usual;
        if (!File.Exists(path))
        {
            if (named is not null)
                mistakes.Add($"there is no configuration file {Quoted.Text(named)}");
            return values;
        }
        try
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(path), new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
            foreach (var member in json.RootElement.EnumerateObject())
            {
                var entry = OptionTable.All.FirstOrDefault(e => e.Name == member.Name || e.CamelName == member.Name);
                if (entry is null)
                    mistakes.Add($"{path}: {Quoted.Text(member.Name)} is no option; there are {string.Join(", ", OptionTable.All.Select(e => e.CamelName))}");
                else if (entry == OptionTable.ProjectSettings && ProjectRules.TextOf(member.Value) is { } rules)
                    values[entry.Name] = rules;
                else if (member.Value.ValueKind == JsonValueKind.Array && OptionTable.Lists.Contains(entry) && member.Value.EnumerateArray().All(static v => v.ValueKind == JsonValueKind.String))
                    values[entry.Name] = string.Join(',', member.Value.EnumerateArray().Select(static v => v.GetString()));
                else if (member.Value.ValueKind is JsonValueKind.String or JsonValueKind.Number)
                    values[entry.Name] = member.Value.ToString();
                else
                    mistakes.Add($"{path}: {member.Name} is not {entry.Takes}");
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            mistakes.Add($"{path} is not a JSON object of options, such as {{\"gap\": \"30m\"}}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            mistakes.Add($"{path} cannot be read: {Quoted.Text(e.Message)}");
        }
        return values;
    }
}

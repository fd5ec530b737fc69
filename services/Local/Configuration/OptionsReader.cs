using Microsoft.Extensions.Configuration.Memory;
using Tidemark.Aggregator;
using Tidemark.Collector;
using Tidemark.ServiceDefaults.Configuration;
using Tidemark.Sessionizer;

namespace Tidemark.Local.Configuration;

/// <summary>Puts the options together: command line over environment over file over default. Reports every mistake at once.</summary>
internal static class OptionsReader
{
    /// <summary>Names the file, so it cannot be in one; on the command line, and in the environment as <see cref="ConfigVariable"/>.</summary>
    public const string Config = "config";

    private const string ConfigVariable = LocalOption.EnvironmentPrefix + "CONFIG";

    /// <summary>Variables of this repository's tests; no program reads them.</summary>
    private const string TestPrefix = LocalOption.EnvironmentPrefix + "TEST_";

    /// <param name="commandLine">Texts by option name, as far as they were given; also "config".</param>
    /// <param name="environment">All variables; those that begin with TIDEMARK_ are looked at.</param>
    /// <param name="readsFile">False leaves the configuration file alone.</param>
    /// <exception cref="CommandFailedException">With one line per mistake.</exception>
    public static LocalOptions Read(IReadOnlyDictionary<string, string> commandLine, IReadOnlyDictionary<string, string> environment, bool readsFile = true)
    {
        var mistakes = new List<string>();
        var typed = commandLine.Where(static pair => pair.Key != Config).Select(static pair => (OptionTable.Find(pair.Key)!, "", pair.Value, $"--{pair.Key}")).ToList();
        var variables = Variables(environment, mistakes);
        var values = new GivenValues(mistakes);
        string? file = null;
        if (readsFile)
            file = AddFile(values, commandLine.GetValueOrDefault(Config) ?? environment.GetValueOrDefault(ConfigVariable), DataOf(typed) ?? DataOf(variables) ?? DataFolder.Default(), mistakes);
        values.Add(variables);
        values.Add(typed);
        mistakes.AddRange(values.SecretsOnTheCommandLine());
        var warning = file is not null && values.HasSecretFrom(In(file)) ? SettingsFile.OpenLine(file) : null;
        var bound = ServiceConfiguration.Read(
            LocalSections.All, [new SettingSource(new MemoryConfigurationSource { InitialData = values.Values }, values.Told)], values.NameOf, mistakes);
        var options = bound.Get<LocalOptions>() with
        {
            Data = Path.GetFullPath(bound.Get<LocalOptions>().Data is { Length: > 0 } data ? data : DataFolder.Default()),
            Collector = ReadyProject.AddTo(bound.Get<CollectorOptions>()),
            Sessionizer = bound.Get<SessionizerOptions>(),
            Aggregator = bound.Get<AggregatorOptions>(),
            Given = values.Options,
            Warning = warning,
        };
        mistakes.AddRange(UnknownProjects(options));
        // What is set for two services is wrong for both.
        return mistakes.Count == 0 ? options : throw new CommandFailedException(string.Join('\n', mistakes.Distinct()));
    }

    private static string? DataOf(IEnumerable<(LocalOption Option, string Path, string Value, string Told)> settings) =>
        settings.Where(static s => s.Option.Name == OptionTable.Data).Select(static s => s.Value).FirstOrDefault();

    /// <summary>The variables of the environment that are ours. An empty one is not set.</summary>
    private static List<(LocalOption Option, string Path, string Value, string Told)> Variables(IReadOnlyDictionary<string, string> environment, List<string> mistakes)
    {
        var settings = new List<(LocalOption, string, string, string)>();
        var records = new RecordNumbers();
        foreach (var (name, value) in environment.Where(static v => v.Value.Length > 0 && v.Key.StartsWith(LocalOption.EnvironmentPrefix, StringComparison.Ordinal)).OrderBy(static v => v.Key, StringComparer.Ordinal))
        {
            var parts = name[LocalOption.EnvironmentPrefix.Length..].Split("__");
            if (OptionTable.Find(parts[0]) is { } option)
                settings.AddRange(records.Numbered(option, parts[1..], value, name));
            else if (name != ConfigVariable && !name.StartsWith(TestPrefix, StringComparison.Ordinal))
                mistakes.Add($"{name} is no option{Nearest.Hint(name, OptionTable.All.Select(static o => o.InEnvironment).Append(ConfigVariable), static n => n)}");
        }
        return settings;
    }

    private static string In(string path) => $" in {path}";

    /// <summary>A file that was named has to be there; the usual one of the data folder need not. Returns the file that was read.</summary>
    private static string? AddFile(GivenValues values, string? named, string data, List<string> mistakes)
    {
        var path = named is { Length: > 0 } ? named : Path.Combine(data, SettingsFile.UsualName);
        if (!File.Exists(path))
        {
            if (named is { Length: > 0 })
                mistakes.Add($"there is no configuration file {Quoted.Text(named)}");
            return null;
        }
        var settings = new List<(LocalOption, string, string, string)>();
        var records = new RecordNumbers();
        foreach (var (key, value) in SettingsFile.Read(path, mistakes))
        {
            var parts = key.Split(':');
            if (OptionTable.Find(parts[0]) is not { } option)
                mistakes.Add($"{Quoted.Text(parts[0])} in {path} is no option{Nearest.Hint(parts[0], OptionTable.All.Select(static o => o.InFile), static n => n)}");
            else if (option.Name == OptionTable.Data && named is null)
                mistakes.Add($"{key} in {path}: this file is found by the data folder; name a file with --config for it to say where that is");
            else if (value is { Length: > 0 })
                settings.AddRange(records.Numbered(option, parts[1..], value, key.Replace(':', '.') + In(path)));
        }
        values.Add(settings);
        return path;
    }

    private static IEnumerable<string> UnknownProjects(LocalOptions options)
    {
        var names = options.Collector.Projects.Select(static p => p.Name).ToList();
        return from project in options.Sessionizer.Projects
               where project.Name is { Length: > 0 } && !names.Contains(project.Name)
               select $"--project-rules: there is no project {Quoted.Text(project.Name)}; there is {string.Join(", ", names)}";
    }
}

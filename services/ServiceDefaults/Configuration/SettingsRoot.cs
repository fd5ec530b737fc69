using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.EnvironmentVariables;
using Microsoft.Extensions.Configuration.Json;
using Microsoft.Extensions.Configuration.Memory;

namespace Tidemark.ServiceDefaults.Configuration;

/// <summary>Everything that was given: the file beside the executable, the file that was named, the environment, the command line; later ones win.</summary>
internal sealed class SettingsRoot
{
    private const string UsualFile = "appsettings.json";

    private readonly IConfigurationRoot _root;
    private readonly IConfigurationProvider[] _provided;

    private SettingsRoot(IConfigurationRoot root)
    {
        _root = root;
        _provided = [.. root.Providers.Reverse()];
    }

    /// <summary>Reads all sources; a file that cannot be read is a mistake and counts as empty.</summary>
    internal static SettingsRoot Read(CommandLine commandLine, string folder, List<string> mistakes)
    {
        var builder = new ConfigurationBuilder();
        AddFile(builder, Path.Combine(folder, UsualFile), required: false, mistakes);
        if (commandLine.ConfigFile is { } named)
            AddFile(builder, Path.GetFullPath(named), required: true, mistakes);
        builder.AddEnvironmentVariables();
        builder.AddInMemoryCollection(commandLine.Settings.Select(static s => KeyValuePair.Create(s.Key, (string?)s.Value)));
        return new SettingsRoot(builder.Build());
    }

    internal IConfigurationSection Section(string name) => _root.GetSection(name);

    /// <summary>Sections that somebody wrote into a file or on the command line; the environment is full of what is not meant for us.</summary>
    internal IEnumerable<string> WrittenSections() =>
        _provided.Where(static p => p is not EnvironmentVariablesConfigurationProvider)
            .SelectMany(static p => p.GetChildKeys([], null))
            .Distinct(StringComparer.OrdinalIgnoreCase);

    /// <summary>Where the value of a key comes from, as a message tells it.</summary>
    internal string Origin(string key)
    {
        foreach (var provider in _provided)
        {
            if (!provider.TryGet(key, out _) && !provider.GetChildKeys([], key).Any())
                continue;
            return provider switch
            {
                JsonConfigurationProvider file => $"in {file.Source.FileProvider?.GetFileInfo(file.Source.Path ?? "").PhysicalPath ?? file.Source.Path}",
                EnvironmentVariablesConfigurationProvider => $"in the environment ({key.Replace(":", "__", StringComparison.Ordinal)})",
                MemoryConfigurationProvider => "on the command line",
                _ => "in the configuration",
            };
        }
        return "in the configuration";
    }

    private static void AddFile(ConfigurationBuilder builder, string path, bool required, List<string> mistakes)
    {
        if (!File.Exists(path))
        {
            if (required)
                mistakes.Add($"--config: there is no file {path}");
            return;
        }
        try
        {
            // Read apart first: what is wrong with it must not hide what is wrong elsewhere.
            new ConfigurationBuilder().AddJsonFile(path).Build();
            builder.AddJsonFile(path);
        }
        catch (InvalidDataException e)
        {
            mistakes.Add($"{path} is not a JSON file of settings: {(e.InnerException?.InnerException ?? e.InnerException ?? e).Message}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            mistakes.Add($"{path} cannot be read: {e.Message}");
        }
    }
}

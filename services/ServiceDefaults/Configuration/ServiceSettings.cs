using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.EnvironmentVariables;
using Microsoft.Extensions.Configuration.Json;
using Microsoft.Extensions.Configuration.Memory;

namespace Tidemark.ServiceDefaults.Configuration;

/// <summary>Where a service's settings come from: the file beside the executable, the file that was named, the environment, the command line; later ones win.</summary>
internal static class ServiceSettings
{
    private const string UsualFile = "appsettings.json";

    /// <summary>All sources; a file that cannot be read is a mistake and counts as empty.</summary>
    internal static IReadOnlyList<SettingSource> Read(CommandLine commandLine, string folder, ICollection<string> mistakes)
    {
        var sources = new List<SettingSource>();
        AddFile(sources, Path.Combine(folder, UsualFile), required: false, mistakes);
        if (commandLine.ConfigFile is { } named)
            AddFile(sources, Path.GetFullPath(named), required: true, mistakes);
        sources.Add(new SettingSource(
            new EnvironmentVariablesConfigurationSource(), static key => $"{key} in the environment ({key.Replace(":", "__", StringComparison.Ordinal)})")
        { IsShared = true });
        sources.Add(new SettingSource(
            new MemoryConfigurationSource { InitialData = commandLine.Settings.Select(static s => KeyValuePair.Create(s.Key, (string?)s.Value)) }, static key => $"{key} on the command line"));
        return sources;
    }

    private static void AddFile(List<SettingSource> sources, string path, bool required, ICollection<string> mistakes)
    {
        if (!File.Exists(path))
        {
            if (required)
                mistakes.Add($"--config: there is no file {path}");
            return;
        }
        try
        {
            var source = new JsonConfigurationSource { Path = path };
            source.ResolveFileProvider();
            // Read apart first: what is wrong with it must not hide what is wrong elsewhere.
            new ConfigurationBuilder().Add(source).Build();
            sources.Add(new SettingSource(source, key => $"{key} in {path}"));
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

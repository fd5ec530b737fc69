using Tidemark.Collector;

namespace Tidemark.Local.Configuration;

/// <summary>The project <c>local</c> with the key <c>local</c>, which is there without anything being set; a list of projects may give it keys of its own.</summary>
internal static class ReadyProject
{
    public const string Name = "local";

    public const string Key = "local";

    private static readonly WriteKeyOptions[] _keys = [new() { Key = Key, History = true, WellKnown = true }];

    public static CollectorOptions AddTo(CollectorOptions options)
    {
        var projects = options.Projects.Select(static p => p.Name == Name && p.Keys.Count == 0 ? p with { Keys = _keys } : p).ToList();
        if (projects.TrueForAll(static p => p.Name != Name))
            projects.Insert(0, new ProjectOptions { Name = Name, Keys = _keys });
        // Wherever it is given: everybody knows it, so a web page may not use it unasked.
        return options with { Projects = [.. projects.Select(static p => p with { Keys = [.. p.Keys.Select(static k => k.Key == Key ? k with { WellKnown = true } : k)] })] };
    }

    /// <summary>A key of the project that may post to the history too; null where the options give it none.</summary>
    public static string? KeyOf(CollectorOptions options) =>
        options.Projects.Where(static project => project.Name == Name).SelectMany(static project => project.Keys).FirstOrDefault(static k => k.History && !k.Revoked)?.Key;

    /// <summary>The project of a key, as far as the options know it; else the ready one.</summary>
    public static string Of(CollectorOptions options, string key) =>
        options.Projects.FirstOrDefault(project => project.Keys.Any(k => k.Key == key))?.Name ?? Name;
}

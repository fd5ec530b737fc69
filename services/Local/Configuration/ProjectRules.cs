using System.Globalization;
using System.Text.Json;
using Tidemark.Local.Hosting;
using Tidemark.ServiceDefaults.Configuration;
using Tidemark.Sessionizer;

namespace Tidemark.Local.Configuration;

/// <summary>Settings of projects as one text, <c>NAME:gap=10m,lateness=1h;NAME:…</c>; in a configuration file also as an object, <c>{"NAME": {"gap": "10m"}}</c>.</summary>
internal static class ProjectRules
{
    public const string Takes = "settings by project such as local:gap=10m,disorder=5s,lateness=1h,max-duration=6h,max-events=5000 (several projects with a semicolon)";

    private static readonly string[] _projects = [LocalPipeline.Project];

    /// <summary>Null when there is a mistake; <paramref name="mistakes"/> then has one line for each.</summary>
    public static IReadOnlyList<ProjectSessionOptions>? Read(string text, List<string> mistakes)
    {
        var projects = new List<ProjectSessionOptions>();
        var wrong = mistakes.Count;
        foreach (var part in text.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (part.Split(':', 2, StringSplitOptions.TrimEntries) is not [{ Length: > 0 } name, var settings])
            {
                mistakes.Add($"{Quoted.Text(part)} is not {Takes}");
                continue;
            }
            if (!_projects.Contains(name))
                mistakes.Add($"there is no project {Quoted.Text(name)} in the local edition; there is {string.Join(", ", _projects)}");
            else if (projects.Exists(p => p.Name == name))
                mistakes.Add($"project {name} is there twice");
            projects.Add(ReadOne(name, settings, mistakes));
        }
        return mistakes.Count == wrong ? projects : null;
    }

    /// <summary>The object of a configuration file as the text; null when it is something else.</summary>
    public static string? TextOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Object when value.EnumerateObject().All(p => p.Value.ValueKind == JsonValueKind.Object) =>
            string.Join(';', value.EnumerateObject().Select(p => $"{p.Name}:{string.Join(',', p.Value.EnumerateObject().Select(s => $"{s.Name}={s.Value}"))}")),
        _ => null,
    };

    private static ProjectSessionOptions ReadOne(string name, string settings, List<string> mistakes)
    {
        var project = new ProjectSessionOptions { Name = name };
        foreach (var setting in settings.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var (key, value) = setting.Split('=', 2, StringSplitOptions.TrimEntries) is [var k, var v] ? (k, v) : (setting, "");
            var duration = Durations.TryParse(value, out var time) ? time : (TimeSpan?)null;
            var (known, applied) = key switch
            {
                "gap" => (true, duration > TimeSpan.Zero ? project with { Gap = duration } : null),
                "disorder" => (true, duration is null ? null : project with { Disorder = duration }),
                "lateness" => (true, duration is null ? null : project with { Lateness = duration }),
                "max-duration" or "maxDuration" => (true, duration > TimeSpan.Zero ? project with { MaxDuration = duration } : null),
                "max-events" or "maxEvents" => (true, Count(value) is { } count ? project with { MaxEvents = count } : null),
                _ => (false, null),
            };
            if (!known)
                mistakes.Add($"{name}: {Quoted.Text(key)} is no setting of a project; there are gap, disorder, lateness, max-duration, max-events");
            else if (applied is null)
                mistakes.Add($"{name}: {Quoted.Text(setting)} is not right; it takes {(key.StartsWith("max-e", StringComparison.Ordinal) || key == "maxEvents" ? "a number from 1" : OptionTable.Duration)}");
            project = applied ?? project;
        }
        return project;
    }

    private static int? Count(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count > 0 ? count : null;
}

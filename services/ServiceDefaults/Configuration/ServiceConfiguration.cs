using System.Text.RegularExpressions;

namespace Tidemark.ServiceDefaults.Configuration;

/// <summary>From what was given to the checked options of a program, or to everything that is wrong with it.</summary>
public static class ServiceConfiguration
{
    /// <summary>Sections that one file for all services may have beside a service's own.</summary>
    private static readonly string[] _pipelineSections = ["Collector", "Sessionizer", "Aggregator", "Kafka", "Http", "Shutdown", "Logging", "Telemetry"];

    /// <summary>
    /// Fills and checks the records of the sections. Each mistake is one line in <paramref name="mistakes"/>; while there is any, the records are good for finding further
    /// ones only.
    /// </summary>
    /// <param name="sections">What is read.</param>
    /// <param name="sources">From the weakest to the strongest.</param>
    /// <param name="name">What a key such as <c>Sessionizer:Gap</c> is called in messages.</param>
    /// <param name="mistakes">Takes the lines.</param>
    public static BoundOptions Read(IReadOnlyList<OptionSection> sections, IReadOnlyList<SettingSource> sources, Func<string, string> name, ICollection<string> mistakes)
    {
        ArgumentNullException.ThrowIfNull(sections);
        ArgumentNullException.ThrowIfNull(mistakes);
        return Read(sections, new SettingsRoot(sources, name), mistakes);
    }

    /// <summary>The options of a service; when there are mistakes, null and one line for each of them.</summary>
    internal static BoundOptions? Read(IReadOnlyList<OptionSection> sections, CommandLine commandLine, string folder, List<string> mistakes)
    {
        var settings = new SettingsRoot(ServiceSettings.Read(commandLine, folder, mistakes), static key => key);
        RefuseUnknown(settings, sections, mistakes);
        var options = Read(sections, settings, mistakes);
        return mistakes.Count == 0 ? options : null;
    }

    private static BoundOptions Read(IReadOnlyList<OptionSection> sections, SettingsRoot settings, ICollection<string> mistakes)
    {
        var records = new Dictionary<Type, object>();
        foreach (var section in sections)
        {
            var binder = new OptionBinder(settings, mistakes);
            var record = section.NewDefaults();
            binder.Fill(record, settings.Section(section.Name), section.Name);
            records.Add(section.Type, record);
            foreach (var mistake in Checked(section, record, binder.Wrong, settings.Name))
                mistakes.Add(mistake);
        }
        return new BoundOptions(records);
    }

    private static void RefuseUnknown(SettingsRoot settings, IReadOnlyList<OptionSection> sections, List<string> mistakes)
    {
        var known = _pipelineSections.Concat(sections.Select(static s => s.Name)).Distinct(StringComparer.OrdinalIgnoreCase).ToList();
        foreach (var name in settings.WrittenSections().Where(n => !known.Contains(n, StringComparer.OrdinalIgnoreCase)))
            mistakes.Add($"{settings.Told(name)} is no section{Nearest.Hint(name, known, static n => n)}");
    }

    /// <summary>The record's own check, with the names of options for those of properties.</summary>
    private static IEnumerable<string> Checked(OptionSection section, object record, HashSet<string> wrong, Func<string, string> name)
    {
        var properties = OptionProperty.Of(section.Type);
        var names = properties.Select(static p => p.Name).Concat(properties.Select(static p => p.FileName).OfType<string>()).ToList();
        // A property and what is below it, such as Projects:0:Gap; not a word in quotes, which is somebody's value.
        var mention = new Regex($@"(?<![\w:'-])(?:{string.Join('|', names)})(?::[A-Z0-9]\w*)*(?!\w)");
        foreach (var mistake in section.Mistakes(record))
        {
            var first = mention.Match(mistake);
            if (!first.Success || first.Index > 0)
                yield return $"{section.Name}: {mistake}";
            else if (!wrong.Any(key => IsAbout(key, $"{section.Name}:{first.Value}")))
                yield return mention.Replace(mistake, match => name($"{section.Name}:{match.Value}"));
        }
    }

    /// <summary>Whether two keys are the same or one is below the other: what the check finds then may be the same mistake again.</summary>
    private static bool IsAbout(string key, string other) =>
        key.Equals(other, StringComparison.OrdinalIgnoreCase)
        || key.StartsWith(other + ':', StringComparison.OrdinalIgnoreCase)
        || other.StartsWith(key + ':', StringComparison.OrdinalIgnoreCase);
}

namespace Tidemark.ServiceDefaults.Configuration;

/// <summary>From what was given to the checked options of a service, or to everything that is wrong with it.</summary>
internal static class ServiceConfiguration
{
    /// <summary>Sections that one file for all services may have beside a service's own.</summary>
    private static readonly string[] _pipelineSections = ["Collector", "Sessionizer", "Aggregator", "Kafka", "Http", "Shutdown", "Logging", "Telemetry"];

    /// <summary>The options; when there are mistakes, null and one line for each of them.</summary>
    internal static BoundOptions? Read(IReadOnlyList<OptionSection> sections, CommandLine commandLine, string folder, List<string> mistakes)
    {
        var settings = SettingsRoot.Read(commandLine, folder, mistakes);
        RefuseUnknown(settings, sections, mistakes);
        var records = new Dictionary<Type, object>();
        foreach (var section in sections)
        {
            var binder = new OptionBinder(settings, mistakes);
            var record = section.NewDefaults();
            binder.Fill(record, settings.Section(section.Name), section.Name);
            records.Add(section.Type, record);
            mistakes.AddRange(Checked(section, record, binder.Wrong));
        }
        return mistakes.Count == 0 ? new BoundOptions(records) : null;
    }

    private static void RefuseUnknown(SettingsRoot settings, IReadOnlyList<OptionSection> sections, List<string> mistakes)
    {
        var known = _pipelineSections.Concat(sections.Select(static s => s.Name)).Distinct(StringComparer.OrdinalIgnoreCase).ToList();
        foreach (var name in settings.WrittenSections().Where(n => !known.Contains(n, StringComparer.OrdinalIgnoreCase)))
            mistakes.Add($"{name} {settings.Origin(name)} is no section{Nearest.Hint(name, known, static n => n)}");
    }

    /// <summary>The record's own check, with keys for names of properties.</summary>
    private static IEnumerable<string> Checked(OptionSection section, object record, HashSet<string> wrong)
    {
        var names = OptionProperty.Of(section.Type).Select(static p => p.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var mistake in section.Mistakes(record))
        {
            var name = mistake.Split(' ', ':')[0];
            if (!names.Contains(name))
                yield return $"{section.Name}: {mistake}";
            // Of a list with a mistake in it: what the check finds may be the same again.
            else if (!wrong.Any(key => key == $"{section.Name}:{name}" || key.StartsWith($"{section.Name}:{name}:", StringComparison.OrdinalIgnoreCase)))
                yield return $"{section.Name}:{mistake}";
        }
    }
}

namespace Tidemark.Sessionizer;

/// <summary>Finds every mistake in the options at once; each begins with the option's key below its section.</summary>
internal static class SessionizerOptionsCheck
{
    /// <summary>Each has a horizon and two queues in every partition, and is told with every restart.</summary>
    private const int MaxProjects = 1000;

    private static readonly TimeSpan _ms = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan _year = TimeSpan.FromDays(365);

    public static IEnumerable<string> Mistakes(SessionizerOptions options) => General(options).Concat(Projects(options.Projects)).OfType<string>();

    private static IEnumerable<string?> General(SessionizerOptions o) =>
    [
        .. Rules("", o.Gap, o.Disorder, o.Lateness, o.MaxDuration, o.MaxEvents),
        Range(nameof(o.CommitInterval), o.CommitInterval, _ms, TimeSpan.FromMinutes(1)),
        Range(nameof(o.LiveInterval), o.LiveInterval, _ms, TimeSpan.FromMinutes(10)),
        Range(nameof(o.HistoryPause), o.HistoryPause, _ms, TimeSpan.FromHours(1)),
        Range(nameof(o.IdleTimeout), o.IdleTimeout, _ms, TimeSpan.FromDays(1)),
        Range<int>(nameof(o.CommitRecords), o.CommitRecords, 1, 10_000_000),
        Range<int>(nameof(o.DuplicateWindow), o.DuplicateWindow, 1, 1 << 28),
        Range<int>(nameof(o.HistoryDuplicateWindow), o.HistoryDuplicateWindow, 1, 1 << 28),
    ];

    private static IEnumerable<string?> Projects(IReadOnlyList<ProjectSessionOptions> projects)
    {
        if (projects.Count > MaxProjects)
            yield return $"Projects are {projects.Count}, not up to {MaxProjects}";
        foreach (var name in projects.GroupBy(p => p.Name).Where(g => g.Count() > 1).Select(g => g.Key))
            yield return $"Projects: '{name}' is there twice";
        for (var i = 0; i < projects.Count; i++)
        {
            var project = projects[i];
            // A name that is missing is the binder's mistake already.
            if (project.Name is { Length: > 0 } name && !IsName(name))
                yield return $"Projects:{i}:Name '{name}' is not 1 to 64 of a-z, 0-9, '-' and '_'";
            foreach (var mistake in Rules($"Projects:{i}:", project.Gap, project.Disorder, project.Lateness, project.MaxDuration, project.MaxEvents))
                yield return mistake;
        }
    }

    private static IEnumerable<string?> Rules(string path, TimeSpan? gap, TimeSpan? disorder, TimeSpan? lateness, TimeSpan? maxDuration, int? maxEvents) =>
    [
        Range(path + "Gap", gap, _ms, _year),
        Range(path + "Disorder", disorder, TimeSpan.Zero, _year),
        Range(path + "Lateness", lateness, TimeSpan.Zero, _year),
        Range(path + "MaxDuration", maxDuration, _ms, _year),
        Range(path + "MaxEvents", maxEvents, 1, int.MaxValue),
    ];

    private static string? Range<T>(string key, T? value, T least, T most)
        where T : struct, IComparable<T> =>
        value is { } given && (given.CompareTo(least) < 0 || given.CompareTo(most) > 0) ? $"{key} is {given}; it must be from {least} to {most}" : null;

    private static bool IsName(string name) => name.Length <= 64 && name.All(c => c is (>= 'a' and <= 'z') or (>= '0' and <= '9') or '-' or '_');
}

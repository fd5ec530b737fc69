using Tidemark.ServiceDefaults.Configuration;

namespace Tidemark.Sessionizer;

/// <summary>Finds every mistake in the options at once; each begins with the option's key below its section.</summary>
internal static class SessionizerOptionsCheck
{
    /// <summary>Each has a horizon and two queues in every partition, and is told with every restart.</summary>
    private const int MaxProjects = 1000;

    private static readonly TimeSpan _ms = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan _year = TimeSpan.FromDays(365);

    public static IEnumerable<string> Mistakes(SessionizerOptions options) => General(options).Concat(Projects(options)).OfType<string>();

    private static IEnumerable<string?> General(SessionizerOptions o) =>
    [
        .. Rules("", o.Gap, o.Disorder, o.Lateness, o.MaxDuration, o.MaxEvents),
        Longest("", o.MaxDuration, o.Gap),
        Range(nameof(o.CommitInterval), o.CommitInterval, _ms, TimeSpan.FromMinutes(1)),
        Range(nameof(o.LiveInterval), o.LiveInterval, _ms, TimeSpan.FromMinutes(10)),
        Range(nameof(o.HistoryPause), o.HistoryPause, _ms, TimeSpan.FromHours(1)),
        Range(nameof(o.IdleTimeout), o.IdleTimeout, _ms, TimeSpan.FromDays(1)),
        Range(nameof(o.RecoveryTime), o.RecoveryTime, TimeSpan.FromMilliseconds(10), TimeSpan.FromHours(1)),
        Range<int>(nameof(o.CommitRecords), o.CommitRecords, 1, 10_000_000),
        Range<int>(nameof(o.DuplicateWindow), o.DuplicateWindow, 1, 1 << 28),
        Range<int>(nameof(o.HistoryDuplicateWindow), o.HistoryDuplicateWindow, 1, 1 << 28),
    ];

    private static IEnumerable<string?> Projects(SessionizerOptions o)
    {
        if (o.Projects.Count > MaxProjects)
            yield return $"Projects: there are {o.Projects.Count} projects; at most {MaxProjects} are possible";
        foreach (var name in o.Projects.GroupBy(p => p.Name).Where(g => g.Count() > 1).Select(g => g.Key))
            yield return $"Projects: '{name}' is there twice";
        for (var i = 0; i < o.Projects.Count; i++)
        {
            var (project, path) = (o.Projects[i], $"Projects:{i}:");
            // A name that is missing is the binder's mistake already.
            if (project.Name is { Length: > 0 } name && !IsName(name))
                yield return $"{path}Name '{name}' is not 1 to 64 of a-z, 0-9, '-' and '_'";
            foreach (var mistake in Rules(path, project.Gap, project.Disorder, project.Lateness, project.MaxDuration, project.MaxEvents))
                yield return mistake;
            // Where the project sets neither, the general pair is wrong, and said already.
            if (project.Gap is not null || project.MaxDuration is not null)
                yield return Longest(path, project.MaxDuration ?? o.MaxDuration, project.Gap ?? o.Gap);
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

    /// <summary>With a session that must not be as long as a gap, two events that belong together could not be in one.</summary>
    private static string? Longest(string path, TimeSpan maxDuration, TimeSpan gap) =>
        maxDuration < gap ? $"{path}MaxDuration is {Durations.Format(maxDuration)}; it must not be shorter than {path}Gap, {Durations.Format(gap)}" : null;

    private static string? Range<T>(string key, T? value, T least, T most)
        where T : struct, IComparable<T> =>
        value is { } given && (given.CompareTo(least) < 0 || given.CompareTo(most) > 0) ? $"{key} is {Told(given)}; it must be from {Told(least)} to {Told(most)}" : null;

    private static string Told<T>(T value) => value is TimeSpan duration && duration >= TimeSpan.Zero ? Durations.Format(duration) : $"{value}";

    private static bool IsName(string name) => name.Length <= 64 && name.All(c => c is (>= 'a' and <= 'z') or (>= '0' and <= '9') or '-' or '_');
}

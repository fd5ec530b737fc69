using Tidemark.HttpHardening.Pages;

namespace Tidemark.Collector;

/// <summary>Finds every mistake in the options at once.</summary>
public static class CollectorOptionsCheck
{
    /// <summary>Throws <see cref="ArgumentException"/> that names all mistakes.</summary>
    public static void Check(CollectorOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var mistakes = Mistakes(options).ToList();
        if (mistakes.Count > 0)
            throw new ArgumentException("The collector's options are wrong: " + string.Join("; ", mistakes));
    }

    public static IEnumerable<string> Mistakes(CollectorOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return Limits(options).Concat(Times(options)).Concat(Intake(options)).Concat(Projects(options)).Concat(Origins(options));
    }

    private static IEnumerable<string> Limits(CollectorOptions o)
    {
        (string Name, long Value, long Least, long Most)[] ranges =
        [
            (nameof(o.MaxBodyBytes), o.MaxBodyBytes, 1024, 64 << 20),
            (nameof(o.MaxInflatedBytes), o.MaxInflatedBytes, 1024, 256 << 20),
            (nameof(o.MaxEventBytes), o.MaxEventBytes, 256, 1 << 20),
            (nameof(o.MaxEventsPerRequest), o.MaxEventsPerRequest, 1, 100_000),
            (nameof(o.MaxPropertyKeys), o.MaxPropertyKeys, 0, Collector.Intake.KeySet.Capacity / 2),
            (nameof(o.MaxDepth), o.MaxDepth, 1, 64),
            (nameof(o.MaxKeyBytes), o.MaxKeyBytes, 1, 4096),
            (nameof(o.MaxIdBytes), o.MaxIdBytes, 16, 4096),
            (nameof(o.MaxTextBytes), o.MaxTextBytes, 16, o.MaxEventBytes),
            (nameof(o.MaxInFlightBytes), o.MaxInFlightBytes, o.MaxBodyBytes + (long)o.MaxInflatedBytes, long.MaxValue),
            (nameof(o.MaxEventsPerSecondPerKey), o.MaxEventsPerSecondPerKey ?? 1, 1, int.MaxValue),
            (nameof(o.RejectedPerSecond), o.RejectedPerSecond, 0, 1_000_000),
            (nameof(o.RejectedBurst), o.RejectedBurst, 0, 10_000_000),
            (nameof(o.IntakeCommitRecords), o.IntakeCommitRecords, 1, 1_000_000),
            (nameof(o.IntakeCommitBytes), o.IntakeCommitBytes, 1024, 256 << 20),
            (nameof(o.RetryAfterSeconds), o.RetryAfterSeconds, 1, 3600),
        ];
        return from r in ranges where r.Value < r.Least || r.Value > r.Most select $"{r.Name} is {r.Value}, not between {r.Least} and {r.Most}";
    }

    private static IEnumerable<string> Times(CollectorOptions o)
    {
        (string Name, TimeSpan Value)[] times =
            [(nameof(o.MaxFuture), o.MaxFuture), (nameof(o.MaxAge), o.MaxAge), (nameof(o.MaxDelay), o.MaxDelay), (nameof(o.MaxAhead), o.MaxAhead)];
        return from t in times where t.Value < TimeSpan.Zero || t.Value > TimeSpan.FromDays(36_500) select $"{t.Name} is {t.Value}, not between 0 and 100 years";
    }

    private static IEnumerable<string> Intake(CollectorOptions o)
    {
        // An open transaction holds back every reader of the partitions it has written to.
        if (o.IntakeCommitInterval <= TimeSpan.Zero || o.IntakeCommitInterval > TimeSpan.FromSeconds(10))
            yield return $"{nameof(o.IntakeCommitInterval)} is {o.IntakeCommitInterval}, not above 0 and up to 10 s";
        if (o.IntakeProject is { } project && o.Projects.All(p => p.Name != project))
            yield return $"{nameof(o.IntakeProject)} '{project}' is not one of the projects";
    }

    private static IEnumerable<string> Projects(CollectorOptions o)
    {
        if (o.Projects.Count == 0)
            yield return "Projects: there is no project, so nobody could send anything; give one with Projects:0:Name and Projects:0:Keys:0:Key (or Projects:0:Keys:0:KeyFile), or all in ProjectsFile";
        foreach (var name in o.Projects.Select(p => p.Name).Where(n => !IsName(n)))
            yield return $"{nameof(o.Projects)}: project '{name}' is not 1 to 64 of a-z, 0-9, '-' and '_'";
        foreach (var name in o.Projects.GroupBy(p => p.Name).Where(g => g.Count() > 1).Select(g => g.Key))
            yield return $"{nameof(o.Projects)}: project '{name}' is there twice";
        foreach (var project in o.Projects)
        {
            if (project.Keys.Any(k => k.Key.Length is 0 or > 256 || k.Key.Any(c => c is <= ' ' or >= '\x7f' or ':')))
                yield return $"{nameof(o.Projects)}: project '{project.Name}' has a key that is not 1 to 256 visible ASCII characters without a colon";
        }
        // The keys themselves are secrets and stay out of the message.
        if (o.Projects.SelectMany(p => p.Keys).GroupBy(k => k.Key).Any(g => g.Count() > 1))
            yield return $"{nameof(o.Projects)}: a key is there twice";
    }

    private static IEnumerable<string> Origins(CollectorOptions o) =>
        AllowedOrigins.Mistakes(nameof(o.AllowedOrigins), o.AllowedOrigins)
            .Concat(o.Projects.SelectMany(static project => AllowedOrigins.Mistakes($"{nameof(o.Projects)}: {nameof(project.AllowedOrigins)} of project '{project.Name}'", project.AllowedOrigins)));

    private static bool IsName(string name) =>
        name.Length is >= 1 and <= 64 && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '_');
}

namespace Tidemark.Sessionizer;

/// <summary>Settings of one project. They override the general ones; unset values use those.</summary>
public sealed record ProjectSessionOptions
{
    /// <summary>Name of the project, as the collector has it: 1 to 64 of a-z, 0-9, '-' and '_'.</summary>
    public required string Name { get; init; }

    /// <summary>Two events of a visitor at most this far apart belong together; milliseconds count. Not set: the general one.</summary>
    public TimeSpan? Gap { get; init; }

    /// <summary>How far events of the project may be behind the latest one of the partition before a session closes too early and needs a correction. Not set: the general one, or where that is not set either, 30 s or the project's gap where that is shorter.</summary>
    public TimeSpan? Disorder { get; init; }

    /// <summary>How far behind the project's horizon an event still is counted. Not set: the general one.</summary>
    public TimeSpan? Lateness { get; init; }

    /// <summary>Longest session, at least the gap; what goes on longer is cut and flagged. Not set: the general one.</summary>
    public TimeSpan? MaxDuration { get; init; }

    /// <summary>Most events of a session; what has more is cut and flagged. Not set: the general one.</summary>
    public int? MaxEvents { get; init; }
}

namespace Tidemark.Sessionizer;

/// <summary>Settings of one project, in the place of the general ones; what is not set falls to those.</summary>
public sealed record ProjectSessionOptions
{
    /// <summary>Name of the project, as the collector has it: 1 to 64 of a-z, 0-9, '-' and '_'.</summary>
    public required string Name { get; init; }

    /// <summary>Two events of a visitor at most this far apart belong together; milliseconds count. Not set: Sessionizer:Gap.</summary>
    public TimeSpan? Gap { get; init; }

    /// <summary>How far events of the project may be behind the latest one of the partition before a session closes too early and needs a correction. Not set: Sessionizer:Disorder.</summary>
    public TimeSpan? Disorder { get; init; }

    /// <summary>How far behind the project's horizon an event still is counted. Not set: Sessionizer:Lateness.</summary>
    public TimeSpan? Lateness { get; init; }

    /// <summary>Longest session; what goes on longer is cut and flagged. Not set: Sessionizer:MaxDuration.</summary>
    public TimeSpan? MaxDuration { get; init; }

    /// <summary>Most events of a session; what has more is cut and flagged. Not set: Sessionizer:MaxEvents.</summary>
    public int? MaxEvents { get; init; }
}

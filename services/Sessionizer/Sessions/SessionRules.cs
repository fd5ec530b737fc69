using Tidemark.Contracts.Sessions;

namespace Tidemark.Sessionizer.Sessions;

/// <summary>
/// The conditions of the rules, each written down once: what is late, what belongs together, when a session closes and when it may be forgotten, which cap it would break. They are those of
/// ARCHITECTURE.md, "Settings per project": gap, L (lateness) and the caps are settings of the session's project, H is that project's horizon (<see cref="RuleSet.Horizon"/>).
/// Times are milliseconds of event time.
/// </summary>
internal static class SessionRules
{
    /// <summary>Late: occurred_at &lt; H − L. Every other event is accepted, and so is all that comes before the first event has made a horizon.</summary>
    public static bool IsLate(this in SessionSettings settings, long occurredAt, long horizon) =>
        horizon != SessionizerCommit.NoHorizon && occurredAt < horizon - settings.LatenessMs;

    /// <summary>Two neighbours belong to one session: later − earlier ≤ gap.</summary>
    public static bool Joins(this in SessionSettings settings, long earlier, long later) => later - earlier <= settings.GapMs;

    /// <summary>end + gap: the session is closed as soon as its horizon is past it.</summary>
    public static long ClosesAt(this in SessionSettings settings, long end) => end + settings.GapMs;

    /// <summary>end + gap + L: the session is kept until its horizon is past it, since no event that is accepted from then on can be within the gap of it.</summary>
    public static long ExpiresAt(this in SessionSettings settings, long end) => settings.ClosesAt(end) + settings.LatenessMs;

    /// <summary>Closed: end + gap &lt; H.</summary>
    public static bool IsClosed(this in SessionSettings settings, long end, long horizon) => settings.ClosesAt(end) < horizon;

    /// <summary>The first horizon that closes a session with this end: end + gap + 1.</summary>
    public static long ClosingHorizon(this in SessionSettings settings, long end) => settings.ClosesAt(end) + 1;

    /// <summary>The cap that a session of this extent breaks: end − start &gt; max_duration, or else events &gt; max_events. None when it fits.</summary>
    public static SessionFlags BrokenCap(this in SessionSettings settings, long start, long end, long events)
    {
        if (end - start > settings.MaxDurationMs)
            return SessionFlags.CapDuration;
        return events > settings.MaxEvents ? SessionFlags.CapEvents : SessionFlags.None;
    }
}

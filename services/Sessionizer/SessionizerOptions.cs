using Microsoft.Extensions.Options;
using Tidemark.Contracts.Sessions;
using Tidemark.Sessionizer.Sessions;

namespace Tidemark.Sessionizer;

/// <summary>The rules and the rhythm of the sessionizer. Rules may change between runs: what was decided before stays, what comes after follows the new ones.</summary>
public sealed record SessionizerOptions
{
    private static readonly TimeSpan _usualDisorder = TimeSpan.FromSeconds(30);

    /// <summary>Two events of a visitor at most this far apart belong together; milliseconds count. Default 30 min.</summary>
    public TimeSpan Gap { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>How far events of a partition may be out of order before a session closes too early and needs a correction. Not set: 30 s, or the gap where that is shorter.</summary>
    public TimeSpan? Disorder { get; init; }

    /// <summary>How far behind the horizon an event still is counted; sessions are kept in memory that long. Default 2 h.</summary>
    public TimeSpan Lateness { get; init; } = TimeSpan.FromHours(2);

    /// <summary>Longest session, at least the gap; what goes on longer is cut and flagged. Default 12 h.</summary>
    public TimeSpan MaxDuration { get; init; } = TimeSpan.FromHours(12);

    /// <summary>Most events of a session; what has more is cut and flagged. Default 100,000.</summary>
    public int MaxEvents { get; init; } = 100_000;

    /// <summary>Projects with settings of their own: an import is cut by those of its project too. Default: none.</summary>
    public IReadOnlyList<ProjectSessionOptions> Projects { get; init; } = [];

    /// <summary>Time from a record's arrival to the transaction that contains it. Default 200 ms.</summary>
    public TimeSpan CommitInterval { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Records after which a transaction is committed before the interval is over. Default 100,000.</summary>
    public int CommitRecords { get; init; } = 100_000;

    /// <summary>Time between two upserts of open sessions. Default 500 ms.</summary>
    public TimeSpan LiveInterval { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Silence at the end of the log after which the horizon moves by wall clock. Default: a third of the project's gap, at most 10 s.</summary>
    public TimeSpan? IdleTimeout { get; init; }

    /// <summary>Silence at the end of the history lane after which open sessions of imports are emitted as they are. Default 2 s.</summary>
    public TimeSpan HistoryPause { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Live lane: an event id seen this many offsets back or less in its partition is a duplicate. Default 1,048,576 (at most 32 MB a partition).</summary>
    public int DuplicateWindow { get; init; } = 1 << 20;

    /// <summary>The same for the history lane. Default 4,194,304.</summary>
    public int HistoryDuplicateWindow { get; init; } = 1 << 22;

    /// <summary>
    /// How long bringing a partition's state back may take at a start or a hand-over; a snapshot is written when it would take longer. Shorter: more snapshots in the log. Default 0.5 s.
    /// </summary>
    public TimeSpan RecoveryTime { get; init; } = TimeSpan.FromSeconds(0.5);

    /// <summary>
    /// Ids of topics that were deleted, made anew and are to be cut into sessions from their start; sessions that were open in the topic before are not closed. The message that stops such a
    /// partition names the id. An id is a topic's own, so one that stays here does no harm. Default: none.
    /// </summary>
    public IReadOnlyList<string> BeginAnew { get; init; } = [];

    /// <summary>
    /// Partitions that are stopped because their state cannot be rebuilt, and are to go on without it: TOPIC/PARTITION@OFFSET, as the message that stops one names it with what it costs. Another offset is
    /// another stop, so one that stays here does no harm. Default: none.
    /// </summary>
    public IReadOnlyList<string> ResetPartitions { get; init; } = [];

    /// <summary>What the rules are made of.</summary>
    internal SettingsByProject Settings => new(
        Of(Gap, Disorder ?? DisorderWithin(Gap), Lateness, MaxDuration, MaxEvents),
        [.. Projects.Select(p => new ProjectSettings(
            p.Name, Of(p.Gap ?? Gap, p.Disorder ?? Disorder ?? DisorderWithin(p.Gap ?? Gap), p.Lateness ?? Lateness, p.MaxDuration ?? MaxDuration, p.MaxEvents ?? MaxEvents)))]);

    /// <summary>Where nobody says how much disorder there is: with more than the gap, a session of a gap of seconds would close after half a minute.</summary>
    private static TimeSpan DisorderWithin(TimeSpan gap) => gap < _usualDisorder ? gap : _usualDisorder;

    internal TimeSpan IdleTimeoutOf(TimeSpan gap) => IdleTimeout ?? TimeSpan.FromTicks(Math.Min(TimeSpan.FromSeconds(10).Ticks, gap.Ticks / 3));

    /// <summary>Of whatever project it is the shortest.</summary>
    internal TimeSpan ShortestIdleTimeout => Projects.Select(p => p.Gap ?? Gap).Append(Gap).Select(IdleTimeoutOf).Min();

    /// <summary>Every mistake at once, each with what to do; empty when the options can be used.</summary>
    public IReadOnlyList<string> Mistakes() => [.. SessionizerOptionsCheck.Mistakes(this)];

    internal void ThrowIfWrong()
    {
        var mistakes = Mistakes();
        if (mistakes.Count > 0)
            throw new OptionsValidationException("Sessionizer", typeof(SessionizerOptions), mistakes.Select(static m => $"Sessionizer:{m}"));
    }

    private static SessionSettings Of(TimeSpan gap, TimeSpan disorder, TimeSpan lateness, TimeSpan maxDuration, int maxEvents) =>
        new((long)gap.TotalMilliseconds, (long)disorder.TotalMilliseconds, (long)lateness.TotalMilliseconds, (long)maxDuration.TotalMilliseconds, maxEvents);
}

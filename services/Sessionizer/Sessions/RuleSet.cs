using Tidemark.Contracts.Sessions;

namespace Tidemark.Sessionizer.Sessions;

/// <summary>
/// The settings of one project, or of all that have none of their own, with what hangs on them: the horizon, and the sessions by the time they close and may be forgotten.
/// </summary>
/// <remarks>
/// All rule sets of a partition see one clock, the latest event time of its events; the horizon is that clock less the set's own disorder, or what an idle step has set for
/// this set, and never goes back. An event that is late does not move the horizon it is late for, but those of the others: so nobody's settings matter to another project.
/// Settings that change count for the events from then on: the clock begins anew, and what the horizons had reached stays.
/// </remarks>
internal sealed class RuleSet
{
    private const long None = SessionizerCommit.NoHorizon;

    // What events had reached when the settings were last changed, and what idle steps have.
    private long _eventsReached = None;
    private long _idleReached = None;
    private SessionSettings _settings;

    /// <param name="index">Place among the rule sets of the partition; sessions name theirs by it.</param>
    /// <param name="settings">From now on.</param>
    public RuleSet(int index, in SessionSettings settings) => (Index, _settings) = (checked((ushort)index), settings);

    public ushort Index { get; }

    /// <summary>Empty for the general one.</summary>
    public byte[] Project { get; private init; } = [];

    /// <summary>The project as a commit record names it; empty for the general rules.</summary>
    public string Name { get; private init; } = "";

    public ref readonly SessionSettings Settings => ref _settings;

    /// <summary>Sessions that differ from what went out, by end + gap.</summary>
    public DueQueue Closing { get; } = new();

    /// <summary>Sessions that are out, by end + gap + lateness.</summary>
    public DueQueue Expiring { get; } = new();

    /// <summary>A project that gets settings of its own: its horizon stays where that of all was.</summary>
    public RuleSet Part(int index, byte[] project, in SessionSettings settings, long clock) =>
        new(index, settings) { Project = project, Name = System.Text.Encoding.UTF8.GetString(project), _eventsReached = EventHorizon(clock), _idleReached = _idleReached, LateElsewhere = LateElsewhere };

    /// <summary>Horizon by events alone; beside <see cref="Horizon"/> it tells what an idle step closed.</summary>
    public long EventHorizon(long clock) => clock == None ? _eventsReached : Math.Max(_eventsReached, clock - _settings.DisorderMs);

    /// <summary>Event time up to which everything is taken to have arrived; none before the first event.</summary>
    public long Horizon(long clock) => Math.Max(_idleReached, EventHorizon(clock));

    /// <summary>Latest time of an event that was late for another project.</summary>
    public long LateElsewhere { get; private set; } = None;

    /// <summary>An event that is late for another project tells the time as any other; rare, since it takes an idle step to make the latest event late.</summary>
    public void Hear(long time)
    {
        _eventsReached = Math.Max(_eventsReached, time - _settings.DisorderMs);
        LateElsewhere = Math.Max(LateElsewhere, time);
    }

    /// <summary>Moves the horizon by wall clock, or does nothing when it is there already.</summary>
    public void Idle(long horizon) => _idleReached = Math.Max(_idleReached, horizon);

    public void Save(StateWriter state)
    {
        state.Bytes(Project);
        state.Long(_eventsReached);
        state.Long(_idleReached);
        state.Long(LateElsewhere);
    }

    public static RuleSet Load(StateReader state, int index, SettingsByProject settings)
    {
        var project = state.Bytes().ToArray();
        return new RuleSet(index, index == 0 ? settings.General : settings.Of(project))
        {
            Project = project,
            Name = System.Text.Encoding.UTF8.GetString(project),
            _eventsReached = state.Long(),
            _idleReached = state.Long(),
            LateElsewhere = state.Long(),
        };
    }

    public void Use(in SessionSettings settings, long clock)
    {
        _eventsReached = EventHorizon(clock);
        _settings = settings;
    }
}

using Tidemark.Contracts.Sessions;

namespace Tidemark.Sessionizer.Sessions;

/// <summary>Which rules hold for which project, and from when; and the one clock that all their horizons follow.</summary>
internal sealed class RuleSets
{
    private readonly Dictionary<byte[], RuleSet> _ofProject = new(new BytesComparer());
    private SettingsByProject _settings;

    /// <param name="settings">From now on.</param>
    /// <param name="boundsLateness">False for history without an import: nothing of it is late, and none of its sessions is ever forgotten.</param>
    public RuleSets(SettingsByProject settings, bool boundsLateness)
    {
        BoundsLateness = boundsLateness;
        _settings = settings;
        All = [new RuleSet(0, settings.General)];
        AddProjects();
    }

    public bool BoundsLateness { get; }

    public SettingsByProject Settings => _settings;

    /// <summary>The latest event time of all accepted events since the settings were last changed: what the horizons follow.</summary>
    public long Clock { get; private set; } = SessionizerCommit.NoHorizon;

    /// <summary>The latest event time of all; no session ends after it.</summary>
    public long Latest { get; private set; } = SessionizerCommit.NoHorizon;

    /// <summary>The general rules first, then those of projects that have, or had, their own.</summary>
    public RuleSet[] All { get; private set; }

    public RuleSet General => All[0];

    public RuleSet Of(in Session s) => All[s.Rules];

    public RuleSet Of(ReadOnlySpan<byte> project) =>
        All.Length > 1 && _ofProject.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(project, out var own) ? own : All[0];

    public long HorizonOf(RuleSet rules) => rules.Horizon(Clock);

    /// <summary>Too late by the rules of its project: <see cref="SessionRules.IsLate"/>. Nothing is late in history without an import.</summary>
    public bool IsLate(long time, RuleSet rules) => BoundsLateness && rules.Settings.IsLate(time, HorizonOf(rules));

    public bool IsClosed(in Session s)
    {
        var rules = Of(s);
        return rules.Settings.IsClosed(s.End, HorizonOf(rules));
    }

    /// <summary>True when events alone have closed it, without any idle step.</summary>
    public bool IsClosedByEvents(in Session s)
    {
        var rules = Of(s);
        return rules.Settings.IsClosed(s.End, rules.EventHorizon(Clock));
    }

    /// <summary>Where the closing of the last session takes the horizon.</summary>
    public long LastHorizon(RuleSet rules) => rules.Settings.ClosingHorizon(Math.Max(Latest, rules.LateElsewhere));

    /// <summary>An accepted event tells the time.</summary>
    public void Advance(long time)
    {
        if (time > Clock)
            Clock = time;
        if (time > Latest)
            Latest = time;
    }

    /// <summary>An event that is late by its own rules moves the horizons of the others.</summary>
    public void AdvanceOthers(long time, RuleSet rules)
    {
        if (time <= Clock)
            return;
        foreach (var other in All)
        {
            if (other != rules)
                other.Hear(time);
        }
    }

    /// <summary>
    /// Other settings from now on; false when they are the same. What was decided stays. A project that had settings of its own keeps its rule set, and with it its horizon.
    /// </summary>
    public bool Use(SettingsByProject settings)
    {
        if (_settings.Equals(settings))
            return false;
        _settings = settings;
        var known = All.Length;
        AddProjects();
        foreach (var rules in All.AsSpan(0, known))
            rules.Use(rules == General ? settings.General : settings.Of(rules.Project), Clock);
        Clock = SessionizerCommit.NoHorizon;
        return true;
    }

    public void Save(StateWriter state)
    {
        _settings.Save(state);
        state.Long(Clock);
        state.Long(Latest);
        state.Long(All.Length);
        foreach (var rules in All)
            rules.Save(state);
    }

    /// <summary>Takes over what <see cref="Save"/> wrote; what was there before is gone.</summary>
    public void Load(StateReader state)
    {
        _settings = SettingsByProject.Load(state);
        (Clock, Latest) = (state.Long(), state.Long());
        All = new RuleSet[state.Count()];
        _ofProject.Clear();
        for (var i = 0; i < All.Length; i++)
        {
            All[i] = RuleSet.Load(state, i, _settings);
            if (i > 0 && !_ofProject.TryAdd(All[i].Project, All[i]))
                throw StateReader.Broken();
        }
        if (All.Length == 0)
            throw StateReader.Broken();
    }

    /// <summary>Before the general rules change: a new set goes on from where they are.</summary>
    private void AddProjects()
    {
        foreach (var project in _settings.Names.Where(name => !_ofProject.ContainsKey(name)))
        {
            var rules = General.Part(All.Length, project, _settings.Of(project), Clock);
            _ofProject.Add(project, rules);
            All = [.. All, rules];
        }
    }
}

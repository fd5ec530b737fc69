using Tidemark.Contracts.Sessions;

namespace Tidemark.Sessionizer.Sessions;

/// <summary>Which rules hold for which project, and from when.</summary>
internal sealed partial class SessionSet
{
    private readonly Dictionary<byte[], RuleSet> _ofProject = new(new BytesComparer());
    private SettingsByProject _settings;
    private RuleSet[] _ruleSets;

    /// <summary>The general rules first, then those of projects that have, or had, their own.</summary>
    public IReadOnlyList<RuleSet> RuleSets => _ruleSets;

    public RuleSet General => _ruleSets[0];

    public RuleSet RulesOf(ReadOnlySpan<byte> project) =>
        _ruleSets.Length > 1 && _ofProject.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(project, out var own) ? own : _ruleSets[0];

    /// <summary>Too late: older than the project's horizon less its lateness. Nothing is late in history without an import.</summary>
    public bool IsLate(long time, RuleSet rules) =>
        !_keepsAll && rules.Horizon(Clock) is var horizon && horizon != SessionizerCommit.NoHorizon && time < horizon - rules.Settings.LatenessMs;

    /// <summary>Where the closing of the last session takes the horizon.</summary>
    public long EndOf(RuleSet rules) => Math.Max(Latest, rules.LateElsewhere) + rules.Settings.GapMs + 1;

    /// <summary>An event that is late by its own rules moves the horizons of the others.</summary>
    public void Late(long time, RuleSet rules)
    {
        if (time <= Clock)
            return;
        foreach (var other in _ruleSets)
        {
            if (other != rules)
                other.Hear(time);
        }
    }

    /// <summary>
    /// Other settings from now on. What was decided stays; what is still open closes by the new ones, so the queues are made anew. A project that had settings of its own
    /// keeps its rule set, and with it its horizon.
    /// </summary>
    public void Use(SettingsByProject settings)
    {
        if (_settings.Equals(settings))
            return;
        _settings = settings;
        var known = _ruleSets.Length;
        AddRuleSets();
        foreach (var rules in _ruleSets)
        {
            if (rules.Index < known)
                rules.Use(rules == General ? settings.General : settings.Of(rules.Project), Clock);
            rules.Closing.Clear();
            rules.Expiring.Clear();
        }
        Clock = SessionizerCommit.NoHorizon;
        for (var slot = 0; slot < _sessions.HighWater; slot++)
        {
            ref var s = ref _sessions[slot];
            s.CloseDue = DueQueue.None;
            s.ExpireDue = DueQueue.None;
            if (!s.Is(SessionFlags.Alive))
                continue;
            s.Rules = RulesOf(_texts[_visitors[s.Visitor].Project]).Index;
            if (s.Is(SessionFlags.Changed))
                ScheduleClose(slot, ref s);
            else
                ScheduleExpiry(slot, ref s);
        }
    }

    /// <summary>Before the general rules change: a new set goes on from where they are.</summary>
    private void AddRuleSets()
    {
        foreach (var project in _settings.Names.Where(name => !_ofProject.ContainsKey(name)))
        {
            var rules = General.Part(_ruleSets.Length, project, _settings.Of(project), Clock);
            _ofProject.Add(project, rules);
            _ruleSets = [.. _ruleSets, rules];
        }
    }
}

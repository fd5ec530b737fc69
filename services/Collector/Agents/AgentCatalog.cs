using System.Text;

namespace Tidemark.Collector.Agents;

/// <summary>
/// Reduces a user agent to what is kept of it: uap-core's families, and whether crawler-user-agents (or uap-core) takes it for a robot. One pass over the agent finds which of
/// their 2,700 patterns have a chance; those run in the data sets' order. Thread safe.
/// </summary>
internal sealed class AgentCatalog
{
    private static readonly Lazy<AgentCatalog> _shared = new(() => new AgentCatalog());

    private readonly PatternIndex _index;
    private readonly FamilyRules _browsers;
    private readonly FamilyRules _systems;
    private readonly FamilyRules _devices;
    private readonly Robots _robots;

    private AgentCatalog()
    {
        var yaml = AgentData.Families();
        var browsers = AgentData.Browsers(yaml);
        var systems = AgentData.Systems(yaml);
        var devices = AgentData.Devices(yaml);
        var robots = AgentData.Robots();
        _index = new PatternIndex([.. browsers.Select(r => r.Pattern), .. systems.Select(r => r.Pattern), .. devices.Select(r => r.Pattern), .. robots]);
        _browsers = new FamilyRules(browsers, _index, 0);
        _systems = new FamilyRules(systems, _index, browsers.Length);
        _devices = new FamilyRules(devices, _index, browsers.Length + systems.Length);
        _robots = new Robots(robots, _index, browsers.Length + systems.Length + devices.Length);
    }

    /// <summary>The process's own, read at the first user agent: a service that gets none, or only events that were reduced elsewhere, does without.</summary>
    internal static AgentCatalog Shared => _shared.Value;

    internal AgentFamilies Reduce(ReadOnlySpan<byte> agent)
    {
        if (agent.IsEmpty)
            return AgentFamilies.Unknown;
        var text = AgentText.Of(agent);
        Span<ulong> found = stackalloc ulong[_index.Words];
        Find(text, found);
        var (browser, _) = _browsers.Of(text, found);
        var (os, _) = _systems.Of(text, found);
        // Of a robot nobody asks for the device, and its rules are the most.
        if (_robots.Has(text, found))
            return new AgentFamilies(DeviceKind.Bot, Kept(browser), Kept(os), true);
        var (device, rule) = _devices.Of(text, found);
        return device == "Spider"
            ? new AgentFamilies(DeviceKind.Bot, Kept(browser), Kept(os), true)
            : new AgentFamilies(DeviceKind.Of(text.Plain, os, device, rule?.Brand), Kept(browser), Kept(os), false);
    }

    /// <summary>uap-core's own answers.</summary>
    internal (string Browser, string Os, string Device) Families(ReadOnlySpan<byte> agent)
    {
        var text = AgentText.Of(agent);
        Span<ulong> found = stackalloc ulong[_index.Words];
        Find(text, found);
        return (_browsers.Of(text, found).Family, _systems.Of(text, found).Family, _devices.Of(text, found).Family);
    }

    private void Find(in AgentText agent, Span<ulong> found)
    {
        Span<byte> lower = stackalloc byte[AgentText.MaxBytes];
        // What is no ASCII becomes '?': that can only give a pattern a chance.
        lower = lower[..Encoding.ASCII.GetBytes(agent.Plain, lower)];
        Ascii.ToLowerInPlace(lower, out _);
        found.Clear();
        _index.Find(lower, found);
    }

    private static byte[] Kept(string family) => family == FamilyRules.Other ? [] : Encoding.UTF8.GetBytes(family);
}

namespace Tidemark.Collector.Agents;

/// <summary>The rules for one kind of family, in the data set's order: the first that fits decides.</summary>
/// <param name="rules">The rules.</param>
/// <param name="index">Where the chances of all patterns are.</param>
/// <param name="first">Number of the first rule in <paramref name="index"/>.</param>
internal sealed class FamilyRules(FamilyRule[] rules, PatternIndex index, int first)
{
    /// <summary>What uap-core says of whatever no rule knows.</summary>
    internal const string Other = "Other";

    /// <param name="agent">A user agent.</param>
    /// <param name="found">What <see cref="PatternIndex.Find"/> found in it.</param>
    internal (string Family, FamilyRule? Rule) Of(in AgentText agent, ReadOnlySpan<ulong> found)
    {
        for (var i = 0; i < rules.Length; i++)
        {
            if (index.HasChance(first + i, found) && rules[i].FamilyOf(agent) is { } family)
                return (family.Length > 0 ? family : Other, rules[i]);
        }
        return (Other, null);
    }
}

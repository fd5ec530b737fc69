using System.Text.RegularExpressions;

namespace Tidemark.Collector.Agents;

/// <summary>
/// One rule of uap-core: a pattern, and the family that it tells. The regex is made at its first use: of twelve hundred, a visitor's agent needs about thirty.
/// </summary>
/// <param name="Pattern">A JavaScript regular expression in ASCII.</param>
/// <param name="IgnoreCase">True where the rule has the flag <c>i</c>.</param>
/// <param name="Replacement">The family, in which <c>$1</c> to <c>$9</c> stand for groups; null when the first group is the family.</param>
/// <param name="Brand">Of a device: who makes it, or the class of devices that the rule catches (<c>Generic_Android_Tablet</c>); null when the rule does not say.</param>
internal sealed record FamilyRule(string Pattern, bool IgnoreCase, string? Replacement, string? Brand)
{
    private Regex? _regex;

    /// <summary>The family, "" when the rule fits without telling one, null when it does not fit.</summary>
    internal string? FamilyOf(in AgentText agent)
    {
        // Two threads may make it at the same time; both are the same.
        var match = (_regex ??= JavaScriptRegex.Make(Pattern, IgnoreCase)).Match(agent.Plain);
        if (!match.Success)
            return null;
        if (Replacement is null)
            return agent.Text(match.Groups[1]);
        if (!Replacement.Contains('$'))
            return Replacement;
        var family = Replacement;
        for (var group = 1; group <= 9; group++)
            family = family.Replace($"${group}", agent.Text(match.Groups[group]), StringComparison.Ordinal);
        return family.Trim();
    }
}

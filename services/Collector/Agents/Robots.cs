using System.Text.RegularExpressions;

namespace Tidemark.Collector.Agents;

/// <summary>crawler-user-agents: whoever fits one of its patterns is a robot. Nearly all of them are plain texts, which need no regex.</summary>
/// <param name="patterns">The patterns.</param>
/// <param name="index">Where the chances of all patterns are.</param>
/// <param name="first">Number of the first pattern in <paramref name="index"/>.</param>
internal sealed class Robots(IReadOnlyList<string> patterns, PatternIndex index, int first)
{
    private readonly string?[] _texts = [.. patterns.Select(PlainText)];
    private readonly Regex?[] _regexes = new Regex?[patterns.Count];

    /// <param name="agent">A user agent.</param>
    /// <param name="found">What <see cref="PatternIndex.Find"/> found in it.</param>
    internal bool Has(in AgentText agent, ReadOnlySpan<ulong> found)
    {
        for (var i = 0; i < patterns.Count; i++)
        {
            if (index.HasChance(first + i, found) && Fits(i, agent.Plain))
                return true;
        }
        return false;
    }

    private bool Fits(int pattern, string agent) => _texts[pattern] is { } text
        ? agent.Contains(text, StringComparison.Ordinal)
        : (_regexes[pattern] ??= JavaScriptRegex.Make(patterns[pattern], ignoreCase: false)).IsMatch(agent);

    /// <summary>The text that a pattern stands for when nothing in it is more than an escaped character.</summary>
    private static string? PlainText(string pattern)
    {
        var text = new System.Text.StringBuilder(pattern.Length);
        for (var i = 0; i < pattern.Length; i++)
        {
            if (pattern[i] == '\\' && i + 1 < pattern.Length && !char.IsAsciiLetterOrDigit(pattern[i + 1]))
                i++;
            else if (@"\^$.|?*+()[]{}".Contains(pattern[i]))
                return null;
            text.Append(pattern[i]);
        }
        return text.ToString();
    }
}

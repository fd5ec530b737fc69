using System.Text.RegularExpressions;

namespace Tidemark.Collector.Agents;

/// <summary>
/// The data sets' patterns as JavaScript's engine reads them, which is what their own tests run. .NET's differs in <c>$</c> (also before a last line break) and, beyond ASCII, in
/// <c>\d \w \s .</c>; for the latter the text is made plain (<see cref="AgentText"/>), since RegexOptions.ECMAScript refuses half of the other options.
/// </summary>
internal static class JavaScriptRegex
{
    internal static Regex Make(string pattern, bool ignoreCase)
    {
        var options = RegexOptions.CultureInvariant | (ignoreCase ? RegexOptions.IgnoreCase : RegexOptions.None);
        return new Regex(EndsAtEnd(pattern), options);
    }

    private static string EndsAtEnd(string pattern)
    {
        if (!pattern.Contains('$'))
            return pattern;
        var text = new System.Text.StringBuilder(pattern.Length + 8);
        var inClass = false;
        for (var i = 0; i < pattern.Length; i++)
        {
            var c = pattern[i];
            if (c == '\\' && i + 1 < pattern.Length)
            {
                text.Append(c).Append(pattern[++i]);
                continue;
            }
            inClass = c == '[' || (inClass && c != ']');
            text.Append(c == '$' && !inClass ? @"\z" : c.ToString());
        }
        return text.ToString();
    }
}

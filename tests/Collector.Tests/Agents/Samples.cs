using System.Text;
using System.Text.Json;
using Tidemark.Collector.Agents;

namespace Tidemark.Collector.Tests.Agents;

/// <summary>User agents: the robots' own from the data set, and made-up ones that fit a pattern.</summary>
internal static class Samples
{
    private const string Any = "aZ3 ;/.-_(é\u00A0\r";

    internal static List<string> Robots()
    {
        using var entries = JsonDocument.Parse(AgentData.Resource("crawler-user-agents.json"));
        return [.. entries.RootElement.EnumerateArray().SelectMany(entry => entry.GetProperty("instances").EnumerateArray().Select(instance => instance.GetString()!))];
    }

    internal static IEnumerable<FamilyRule> Rules()
    {
        var yaml = AgentData.Families();
        return [.. AgentData.Browsers(yaml), .. AgentData.Systems(yaml), .. AgentData.Devices(yaml)];
    }

    /// <summary>A text that fits the pattern, or nearly: characters of a negated class, repetitions and alternatives are drawn.</summary>
    internal static string Of(string pattern, Random random)
    {
        var at = 0;
        return Alternatives(pattern, ref at, random);
    }

    private static string Alternatives(string pattern, ref int at, Random random)
    {
        var branches = new List<string> { Sequence(pattern, ref at, random) };
        while (at < pattern.Length && pattern[at] == '|')
        {
            at++;
            branches.Add(Sequence(pattern, ref at, random));
        }
        return branches[random.Next(branches.Count)];
    }

    private static string Sequence(string pattern, ref int at, Random random)
    {
        var text = new StringBuilder();
        while (at < pattern.Length && pattern[at] is not ('|' or ')'))
        {
            var start = at;
            var part = Atom(pattern, ref at, random);
            var atomEnd = at;
            var (min, max) = Quantifier(pattern, ref at);
            var end = at;
            for (var times = random.Next(min, max + 1); times > 0; times--)
            {
                at = start;
                text.Append(Atom(pattern, ref at, random));
            }
            (at, _) = (end, atomEnd);
        }
        return text.ToString();
    }

    private static string Atom(string pattern, ref int at, Random random)
    {
        var c = pattern[at++];
        switch (c)
        {
            case '(':
                if (pattern[at] == '?')
                    at += 2;
                var text = Alternatives(pattern, ref at, random);
                at++;
                return text;
            case '[':
                return Class(pattern, ref at, random);
            case '.':
                return Any[random.Next(Any.Length)].ToString();
            case '^' or '$':
                return "";
            case '\\':
                return pattern[at++] switch
                {
                    'd' => random.Next(10).ToString(),
                    'w' => "aZ_3"[random.Next(4)].ToString(),
                    's' => " \t\u00A0"[random.Next(3)].ToString(),
                    'S' => "a/é"[random.Next(3)].ToString(),
                    'b' or 'B' => "",
                    var escaped => escaped.ToString(),
                };
            default:
                return c.ToString();
        }
    }

    private static string Class(string pattern, ref int at, Random random)
    {
        var members = new List<char>();
        var negated = pattern[at] == '^';
        if (negated)
            at++;
        for (var first = true; first || pattern[at] != ']'; first = false)
        {
            var c = pattern[at++];
            if (c == '\\')
                c = pattern[at] is 'd' or 's' or 'w' ? pattern[at++] switch { 'd' => '7', 's' => ' ', _ => 'w' } : pattern[at++];
            members.Add(c);
            if (pattern[at] == '-' && pattern[at + 1] != ']')
            {
                members.Add((char)random.Next(c, pattern[at + 1] + 1));
                at += 2;
            }
        }
        at++;
        var drawn = negated ? [.. Any.Except(members)] : members;
        return drawn[random.Next(drawn.Count)].ToString();
    }

    private static (int Min, int Max) Quantifier(string pattern, ref int at)
    {
        if (at == pattern.Length)
            return (1, 1);
        var (min, max) = pattern[at] switch { '?' => (0, 1), '*' => (0, 3), '+' => (1, 3), '{' => (-1, -1), _ => (1, 1) };
        if (min < 0)
        {
            var end = pattern.IndexOf('}', at);
            var range = pattern[(at + 1)..end].Split(',');
            min = int.Parse(range[0]);
            max = range.Length == 1 ? min : Math.Min(min + 3, range[1].Length == 0 ? int.MaxValue : int.Parse(range[1]));
            at = end;
        }
        else if (pattern[at] is not ('?' or '*' or '+'))
        {
            return (1, 1);
        }
        at++;
        if (at < pattern.Length && pattern[at] == '?')
            at++;
        return (min, max);
    }
}

using System.Text;
using System.Text.RegularExpressions;

namespace Tidemark.Collector.Agents;

/// <summary>
/// A user agent twice, character for character: as sent, from which families are cut, and plain, on which patterns run. In the plain one nothing beyond ASCII is left, so that
/// classes mean in .NET what they mean in JavaScript: line ends are \n, other spaces \v (a space, but not ' '), everything else U+FFFD (neither letter, digit nor space).
/// </summary>
internal readonly struct AgentText
{
    /// <summary>
    /// Bytes of a user agent that are looked at, the rest is passed over. The longest of the data sets' examples has 285, browsers inside apps send up to about 450; what a made-up one can
    /// cost grows with the square.
    /// </summary>
    internal const int MaxBytes = 512;

    private readonly string _sent;

    private AgentText(string sent, string plain)
    {
        _sent = sent;
        Plain = plain;
    }

    internal string Plain { get; }

    internal static AgentText Of(ReadOnlySpan<byte> agent)
    {
        agent = agent[..WholeCharacters(agent)];
        var sent = Encoding.UTF8.GetString(agent);
        var plain = sent.AsSpan().ContainsAnyExceptInRange('\u000E', '\u007F') ? string.Create(sent.Length, sent, MakePlain) : sent;
        return new AgentText(sent, plain);
    }

    /// <summary>What a group has matched, "" when nothing.</summary>
    internal string Text(Group group) => _sent.Substring(group.Index, group.Length);

    /// <summary>Of an agent that is cut, the character at the cut is left out: it may be whole or not.</summary>
    private static int WholeCharacters(ReadOnlySpan<byte> agent)
    {
        if (agent.Length < MaxBytes)
            return agent.Length;
        var length = MaxBytes - 1;
        while (length > MaxBytes - 4 && (agent[length] & 0xC0) == 0x80)
            length--;
        return length;
    }

    private static void MakePlain(Span<char> plain, string sent)
    {
        for (var i = 0; i < plain.Length; i++)
        {
            plain[i] = sent[i] switch
            {
                '\r' or '\u2028' or '\u2029' => '\n',
                '\u0085' => '\uFFFD',
                '\uFEFF' => '\v',
                > '\u007F' and var c => char.IsWhiteSpace(c) ? '\v' : '\uFFFD',
                var c => c,
            };
        }
    }
}

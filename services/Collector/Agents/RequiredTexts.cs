namespace Tidemark.Collector.Agents;

/// <summary>
/// What a text must hold to have a chance of matching a pattern: of each of the lists found, at least one member. All in lower case, whatever the pattern says of case.
/// It follows the pattern's structure, collects runs of plain characters with their alternatives, and ends a run at whatever is open (a class, a repetition). Saying too little is safe.
/// </summary>
internal ref struct RequiredTexts
{
    /// <summary>Shorter texts are too common to tell anything.</summary>
    internal const int MinLength = 3;

    // Alternatives of one run. The longest list of the data sets, with its combinations, has about 200.
    private const int MaxAlternatives = 512;

    private const string Quantifiers = "?*+{";
    private const string Special = @"\^$.|?*+()[]{}";

    private static readonly string[] _nothing = [""];

    private readonly ReadOnlySpan<char> _pattern;
    private int _at;

    private RequiredTexts(ReadOnlySpan<char> pattern) => _pattern = pattern;

    /// <summary>Empty when nothing can be said.</summary>
    internal static List<string[]> Of(string pattern)
    {
        var reader = new RequiredTexts(pattern);
        var part = reader.Alternatives();
        if (reader._at < pattern.Length)
            throw new InvalidDataException($"'{pattern}' is no pattern as the data sets have them, at {reader._at}");
        if (part.Exact is not null)
            part.Require(part.Exact);
        return part.Lists;
    }

    private Part Alternatives()
    {
        var branches = new List<Part> { Sequence() };
        while (Take('|'))
            branches.Add(Sequence());
        if (branches.Count == 1)
            return branches[0];
        if (branches.TrueForAll(b => b.Exact is not null) && branches.Sum(b => b.Exact!.Length) <= MaxAlternatives)
            return Part.Of([.. branches.SelectMany(b => b.Exact!)]);
        var whole = new Part();
        var lists = branches.ConvertAll(b => b.Best());
        if (lists.TrueForAll(l => l is not null))
            whole.Require([.. lists.SelectMany(l => l!)]);
        return whole;
    }

    private Part Sequence()
    {
        var whole = new Part();
        var run = _nothing;
        var closed = false;
        while (_at < _pattern.Length && _pattern[_at] is not ('|' or ')'))
        {
            var part = Repeated(Atom(), out var goesOn);
            whole.Lists.AddRange(part.Lists);
            if (part.Exact is null || run.Length * part.Exact.Length > MaxAlternatives)
            {
                whole.Require(run);
                run = part.Exact ?? _nothing;
                closed = true;
            }
            else
            {
                run = part.Exact is [""] ? run : [.. run.SelectMany(_ => part.Exact, string.Concat)];
            }
            if (goesOn)
            {
                whole.Require(run);
                run = _nothing;
                closed = true;
            }
        }
        if (!closed)
            return Part.Of(run);
        whole.Require(run);
        return whole;
    }

    /// <param name="part">What stands before the repetition.</param>
    /// <param name="goesOn">True when it may come again, so that what follows the pattern need not follow this in the text.</param>
    private Part Repeated(Part part, out bool goesOn)
    {
        goesOn = false;
        if (!Quantifier(out var min, out var max))
            return part;
        Take('?');
        if (min == 0)
            return max == 1 && part.Exact is not null ? Part.Of([.. part.Exact, ""]) : new Part();
        goesOn = max > 1;
        return part;
    }

    private bool Quantifier(out int min, out int max)
    {
        (min, max) = (1, 1);
        if (_at == _pattern.Length)
            return false;
        switch (_pattern[_at])
        {
            case '?':
                min = 0;
                break;
            case '*':
                (min, max) = (0, int.MaxValue);
                break;
            case '+':
                max = int.MaxValue;
                break;
            case '{':
                var end = _pattern[_at..].IndexOf('}');
                var range = _pattern[(_at + 1)..(_at + end)];
                var comma = range.IndexOf(',');
                min = int.Parse(comma < 0 ? range : range[..comma]);
                max = comma < 0 ? min : comma == range.Length - 1 ? int.MaxValue : int.Parse(range[(comma + 1)..]);
                _at += end;
                break;
            default:
                return false;
        }
        _at++;
        return true;
    }

    private Part Atom()
    {
        var c = _pattern[_at++];
        switch (c)
        {
            case '(':
                if (Take('?') && !Take(':'))
                    throw new InvalidDataException($"'{_pattern}' looks ahead or behind, which no pattern of the data sets did so far");
                var group = Alternatives();
                return Take(')') ? group : throw new InvalidDataException($"'{_pattern}' has a group without an end");
            case '[':
                return Class();
            case '.':
                return new Part();
            case '^' or '$':
                return Part.Of(_nothing);
            case '\\':
                var escaped = _pattern[_at++];
                return escaped is 'b' or 'B' ? Part.Of(_nothing) : char.IsAsciiLetterOrDigit(escaped) ? new Part() : Part.Of([escaped.ToString()]);
            default:
                var start = _at - 1;
                while (_at < _pattern.Length && !Special.Contains(_pattern[_at]) && (_at + 1 == _pattern.Length || !Quantifiers.Contains(_pattern[_at + 1])))
                    _at++;
                return Part.Of([_pattern[start.._at].ToString().ToLowerInvariant()]);
        }
    }

    /// <summary>A class of one letter in both cases, or of a few characters, is as good as them.</summary>
    private Part Class()
    {
        var open = Take('^');
        var members = new List<string>();
        for (var first = true; first || _pattern[_at] != ']'; first = false)
        {
            var c = _pattern[_at++];
            if (c == '\\')
            {
                c = _pattern[_at++];
                open |= char.IsAsciiLetterOrDigit(c);
            }
            open |= _pattern[_at] == '-' && _pattern[_at + 1] != ']';
            members.Add(char.ToLowerInvariant(c).ToString());
        }
        _at++;
        string[] distinct = [.. members.Distinct()];
        return open || distinct.Length > 4 ? new Part() : Part.Of(distinct);
    }

    private bool Take(char c)
    {
        if (_at == _pattern.Length || _pattern[_at] != c)
            return false;
        _at++;
        return true;
    }

    /// <summary>Of a part of a pattern: all texts it fits exactly, or else lists of which one member each is needed.</summary>
    private sealed class Part
    {
        internal string[]? Exact { get; private init; }

        internal List<string[]> Lists { get; } = [];

        internal static Part Of(string[] exact) => new() { Exact = exact };

        internal void Require(string[] list)
        {
            if (list.Min(text => text.Length) < MinLength)
                return;
            Lists.Add(list);
        }

        /// <summary>The list that says most: whose shortest member is longest.</summary>
        internal string[]? Best()
        {
            if (Exact is not null)
                return Exact.Min(text => text.Length) < MinLength ? null : Exact;
            return Lists.MaxBy(list => list.Min(text => text.Length));
        }
    }
}

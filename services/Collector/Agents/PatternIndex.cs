using System.Runtime.InteropServices;
using System.Text;

namespace Tidemark.Collector.Agents;

/// <summary>
/// Finds, in one pass over a text, the patterns that have a chance: those of whose required texts (<see cref="RequiredTexts"/>) it holds enough. Texts are found by a hash of their
/// first three bytes. A pattern without required texts always has a chance.
/// </summary>
internal sealed class PatternIndex
{
    private const int Buckets = 1 << 13;

    private readonly byte[][] _texts;
    private readonly int[] _heads = new int[Buckets];
    private readonly int[] _next;
    private readonly int[][] _listsOfText;

    // The lists of pattern p stand from _firstList[p] to _firstList[p + 1].
    private readonly int[] _firstList;
    private readonly int[] _lists;

    internal PatternIndex(IReadOnlyList<string> patterns)
    {
        var texts = new Dictionary<string, List<int>>(StringComparer.Ordinal);
        var lists = new Dictionary<string, int>(StringComparer.Ordinal);
        var listsOfPatterns = new List<int>();
        _firstList = new int[patterns.Count + 1];
        for (var pattern = 0; pattern < patterns.Count; pattern++)
        {
            foreach (var list in RequiredTexts.Of(patterns[pattern]))
                listsOfPatterns.Add(Number(list, lists, texts));
            _firstList[pattern + 1] = listsOfPatterns.Count;
        }
        _lists = [.. listsOfPatterns];
        _texts = [.. texts.Keys.Select(Encoding.ASCII.GetBytes)];
        _listsOfText = [.. texts.Values.Select(of => of.ToArray())];
        _next = new int[_texts.Length];
        Words = (lists.Count + 63) / 64;
        Array.Fill(_heads, -1);
        for (var text = 0; text < _texts.Length; text++)
        {
            ref var head = ref _heads[Bucket(_texts[text], 0)];
            _next[text] = head;
            head = text;
        }
    }

    /// <summary>Length of the bit set that <see cref="Find"/> fills.</summary>
    internal int Words { get; }

    /// <param name="text">In ASCII and lower case; bytes beyond are part of no pattern.</param>
    /// <param name="found">Bits of the lists of which the text holds a member; zero before.</param>
    internal void Find(ReadOnlySpan<byte> text, Span<ulong> found)
    {
        for (var at = 0; at <= text.Length - RequiredTexts.MinLength; at++)
        {
            for (var candidate = _heads[Bucket(text, at)]; candidate >= 0; candidate = _next[candidate])
            {
                if (!text[at..].StartsWith(_texts[candidate]))
                    continue;
                foreach (var list in _listsOfText[candidate])
                    found[list >> 6] |= 1UL << list;
            }
        }
    }

    internal bool HasChance(int pattern, ReadOnlySpan<ulong> found)
    {
        for (var i = _firstList[pattern]; i < _firstList[pattern + 1]; i++)
        {
            if ((found[_lists[i] >> 6] & (1UL << _lists[i])) == 0)
                return false;
        }
        return true;
    }

    private static int Number(string[] list, Dictionary<string, int> lists, Dictionary<string, List<int>> texts)
    {
        ref var number = ref CollectionsMarshal.GetValueRefOrAddDefault(lists, string.Join('\n', list), out var known);
        if (known)
            return number;
        number = lists.Count - 1;
        foreach (var text in list)
        {
            ref var of = ref CollectionsMarshal.GetValueRefOrAddDefault(texts, text, out _);
            (of ??= []).Add(number);
        }
        return number;
    }

    private static int Bucket(ReadOnlySpan<byte> text, int at) =>
        (int)(((uint)(text[at] | text[at + 1] << 8 | text[at + 2] << 16) * 2654435761) >> 19) & (Buckets - 1);
}

using System.Text;
using Tidemark.Collector.Agents;

namespace Tidemark.Collector.Tests.Agents;

public sealed class PatternIndexTests
{
    [Theory]
    [InlineData("Googlebot", "googlebot")]
    [InlineData(@"^(Foobar|BarFoo)/(\d+)", "foobar/|barfoo/")]
    [InlineData("(Chrome|Chromium)[ /]x", "chrome x|chrome/x|chromium x|chromium/x")]
    [InlineData(@"(?:One|Two\d)Three", "one|two & three")]
    [InlineData("Mozilla.{0,200}Safari", "mozilla & safari")]
    [InlineData("Andr(?:oid|)x", "androidx|andrx")]
    [InlineData("Andr(?:oid)+x", "android")]
    [InlineData("(?:abc|d)[^x]efg", "efg")]
    [InlineData("[wW]get", "wget")]
    [InlineData(@"a\.b\b", "a.b")]
    [InlineData("ab*cdef?", "cdef|cde")]
    [InlineData(@"\d+", "")]
    [InlineData("(?:abc|)", "")]
    public void RequiredTexts_OfAPattern_AreWhatItCannotMatchWithout(string pattern, string expected) =>
        Assert.Equal(expected, string.Join(" & ", RequiredTexts.Of(pattern).Select(list => string.Join('|', list))));

    [Theory]
    [InlineData("(?=abc)")]
    [InlineData("(abc")]
    [InlineData("abc)")]
    public void RequiredTexts_OfWhatNoPatternIs_AreRefused(string pattern) => Assert.Throws<InvalidDataException>(() => RequiredTexts.Of(pattern));

    [Fact]
    public void HasChance_OfAPatternThatMatches_IsAlwaysTrue() => Seeds.Each(unchanging: 1, fresh: 1, seed =>
    {
        var random = new Random(seed);
        List<string> patterns = [.. Samples.Rules().Select(rule => rule.Pattern), .. AgentData.Robots()];
        var index = new PatternIndex(patterns);
        var matched = 0;
        for (var i = 0; i < patterns.Count; i++)
        {
            var text = Samples.Of(patterns[i], random);
            if (!JavaScriptRegex.Make(patterns[i], ignoreCase: false).IsMatch(text))
                continue;
            matched++;
            var found = new ulong[index.Words];
            index.Find(Encoding.UTF8.GetBytes(text.ToLowerInvariant()), found);
            Assert.True(index.HasChance(i, found), $"seed {seed}: {patterns[i]} matches '{text}'");
        }
        Assert.True(matched > patterns.Count / 2, $"seed {seed}: only {matched} of the texts fit their patterns");
    });

    [Fact]
    public void HasChance_OfABrowsersAgent_IsLeftForFewPatterns()
    {
        List<string> patterns = [.. Samples.Rules().Select(rule => rule.Pattern), .. AgentData.Robots()];
        var index = new PatternIndex(patterns);
        var found = new ulong[index.Words];
        index.Find("mozilla/5.0 (windows nt 10.0; win64; x64) applewebkit/537.36 (khtml, like gecko) chrome/124.0.0.0 safari/537.36"u8, found);
        Assert.InRange(Enumerable.Range(0, patterns.Count).Count(i => index.HasChance(i, found)), 5, 80);
    }
}

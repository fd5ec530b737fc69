using System.Text;
using System.Text.Json;
using Tidemark.Collector.Intake;

namespace Tidemark.Collector.Tests.Intake;

public sealed class JsonTextTests
{
    [Theory]
    [InlineData(@"Sale \ud83d", "Sale \uFFFD", 1)]
    [InlineData(@"\ude00 end", "\uFFFD end", 1)]
    [InlineData(@"\ude00\ud83d", "\uFFFD\uFFFD", 2)]
    [InlineData(@"\ud83d\ude00 ok", "\U0001F600 ok", 0)]
    [InlineData(@"\uD83D\uDE00", "\U0001F600", 0)]
    [InlineData(@"\ud83d\ud83d\ude00", "\uFFFD\U0001F600", 1)]
    [InlineData(@"\ud83d\n", "\uFFFD\n", 1)]
    [InlineData(@"\ud83dx", "\uFFFDx", 1)]
    [InlineData(@"a\u0000b", "a\uFFFDb", 1)]
    [InlineData(@"\\u0000", @"\u0000", 0)]
    [InlineData(@"\\\u0000", "\\\uFFFD", 1)]
    [InlineData(@"\""\\\/\b\f\n\r\t\u0041\u00e9\u20ac", "\"\\/\b\f\n\r\tAé€", 0)]
    public void Unescape_Escapes_BecomeText(string escaped, string expected, int replacements)
    {
        var replaced = 0;
        var target = new byte[escaped.Length];
        var length = JsonText.Unescape(Encoding.UTF8.GetBytes(escaped), target, ref replaced);
        Assert.Equal(expected, Encoding.UTF8.GetString(target, 0, length));
        Assert.Equal(replacements, replaced);
    }

    [Theory]
    [InlineData(@"[""\udc00"",""\u0000"",""\ud83d\ude00"",""\\u0000"",""é""]", @"[""\ufffd"",""\ufffd"",""\ud83d\ude00"",""\\u0000"",""é""]")]
    [InlineData(@"[1,{""a"":""\\""}]", @"[1,{""a"":""\\""}]")]
    public void MendEscapes_HalfPairs_AreReplacedInPlace(string json, string expected)
    {
        var bytes = Encoding.UTF8.GetBytes(json);
        var replaced = 0;
        JsonText.MendEscapes(bytes, ref replaced);
        Assert.Equal(expected, Encoding.UTF8.GetString(bytes));
    }

    [Fact]
    public void Unescape_AnyTextSystemTextJsonWrites_IsThatText() => Seeds.Each(unchanging: 1, fresh: 1, seed =>
    {
        var random = new Random(seed);
        for (var i = 0; i < 20_000; i++)
        {
            var text = new StringBuilder();
            for (var n = random.Next(20); n > 0; n--)
                text.Append(new Rune(random.Next(4) switch { 0 => random.Next(1, 128), 1 => random.Next(1, 0xD800), 2 => random.Next(0xE000, 0x10000), _ => random.Next(0x10000, 0x110000) }));
            var json = JsonSerializer.SerializeToUtf8Bytes(text.ToString());
            var escaped = json.AsSpan(1, json.Length - 2);
            var target = new byte[escaped.Length];
            var replaced = 0;
            var length = JsonText.Unescape(escaped, target, ref replaced);
            Assert.True(text.ToString() == Encoding.UTF8.GetString(target, 0, length) && replaced == 0, $"{text}, seed {seed}");
        }
    });
}

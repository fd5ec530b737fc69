using System.Text;
using Tidemark.Local.Import.Source;

namespace Tidemark.Local.Tests.Source;

public sealed class LineReaderTests
{
    [Theory]
    [InlineData("a\nb\r\n\nc", "1:a|2:b|3:|4:c")]
    [InlineData("a\rb\r\rc", "1:a|2:b|3:|4:c")]
    [InlineData("", "")]
    [InlineData("\n", "1:")]
    [InlineData("a\n", "1:a")]
    [InlineData("a\rb\n", "1:a\rb")]
    [InlineData("a\r\r\nb\r\r\n\r\r\nc\r\r", "1:a|2:b|3:|4:c")]
    [InlineData("a\n\rb\n\rc", "1:a|2:b|3:c")]
    public void Next_AnyLineEnds_GivesLinesWithNumbers(string text, string expected) => Assert.Equal(expected, string.Join('|', Lines(Encoding.UTF8.GetBytes(text))));

    [Fact]
    public void Next_LineOverTheLimit_IsLeftOutAndCounted()
    {
        byte[] text = [.. "a\n"u8, .. new byte[LineReader.LongestLine * 3].Select(_ => (byte)'x'), .. "\nb\n"u8];
        Assert.Equal(["1:a", "2:(too long)", "3:b"], Lines(text));
    }

    [Fact]
    public void Next_RandomLinesInSmallReads_EqualsSplit() => Seeds.Each(unchanging: 1, fresh: 1, seed =>
    {
        var random = new Random(seed);
        var lines = Enumerable.Range(0, 20_000).Select(i => new string((char)('a' + i % 26), random.Next(0, 60))).Append("end").ToArray();
        var expected = lines.Select((line, i) => $"{i + 1}:{line}");
        Assert.Equal(expected, Lines(Encoding.UTF8.GetBytes(string.Join('\n', lines))));
    });

    private static List<string> Lines(byte[] text)
    {
        var reader = new LineReader(new MemoryStream(text));
        var lines = new List<string>();
        while (reader.Next(out var line, out var tooLong))
            lines.Add($"{reader.Number}:{(tooLong ? "(too long)" : Encoding.UTF8.GetString(line))}");
        return lines;
    }
}

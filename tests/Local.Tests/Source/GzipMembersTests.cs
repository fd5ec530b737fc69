using System.IO.Compression;
using System.Text;
using Tidemark.Local.Import.Source;

namespace Tidemark.Local.Tests.Source;

public sealed class GzipMembersTests
{
    [Fact]
    public void Read_SeveralMembersOneEmpty_GivesTheirContentInOrder()
    {
        byte[] file = [.. Packed("first\n"), .. Packed(""), .. Packed(new string('x', 200_000)), .. new byte[512]];
        Assert.Equal("first\n" + new string('x', 200_000), Unpack(file));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Read_CutAtAnyPlaceInsideAMember_IsSaid(int seed)
    {
        var random = new Random(seed);
        var text = string.Concat(Enumerable.Range(0, 3000).Select(i => $"line {i} {random.Next()}\n"));
        var file = Packed(text);
        foreach (var length in Enumerable.Range(0, 40).Select(_ => random.Next(2, file.Length)).Append(file.Length - 1).Append(file.Length - 8))
        {
            var e = Assert.Throws<CommandFailedException>(() => Unpack(file[..length]));
            Assert.True(e.Message.Contains("cut", StringComparison.Ordinal), $"seed {seed}, length {length}: {e.Message}");
        }
    }

    [Fact]
    public void Read_DamagedByte_IsSaid()
    {
        var file = Packed(new string('a', 1000) + "bcd");
        file[^6] ^= 0x40;
        Assert.Contains("damaged", Assert.Throws<CommandFailedException>(() => Unpack(file)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_TextBehindTheLastMember_IsSaid() =>
        Assert.Throws<CommandFailedException>(() => Unpack([.. Packed("a"), .. "text"u8]));

    private static byte[] Packed(string text)
    {
        using var buffer = new MemoryStream();
        using (var gzip = new GZipStream(buffer, CompressionLevel.Fastest, leaveOpen: true))
            gzip.Write(Encoding.UTF8.GetBytes(text));
        return buffer.ToArray();
    }

    private static string Unpack(byte[] file)
    {
        using var reader = new StreamReader(new GzipMembers(new MemoryStream(file)));
        return reader.ReadToEnd();
    }
}

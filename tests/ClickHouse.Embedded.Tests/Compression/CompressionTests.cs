using System.IO.Compression;
using System.Text;
using K4os.Compression.LZ4.Streams;
using Tidemark.ClickHouse.Embedded.Compression;

namespace Tidemark.ClickHouse.Embedded.Tests.Compression;

[Collection("engine")]
public sealed class CompressionTests(EngineFixture engine)
{
    const string Many = "SELECT number, toString(number) FROM numbers(100000) FORMAT TSV";

    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    [InlineData("br")]
    [InlineData("zstd")]
    [InlineData("lz4")]
    public async Task Codings_OfHttp_WorkBothWays(string coding)
    {
        var plain = await engine.ReadAsync(Many);
        using var packed = new MemoryStream();
        await using (var stream = AnswerEncoding.Wrap(packed, coding))
            await stream.WriteAsync(Encoding.UTF8.GetBytes(Many));
        using var answer = await engine.SendAsync("/", packed.ToArray(), ("Content-Encoding", coding), ("Accept-Encoding", coding));
        Assert.Equal([coding], answer.Content.Headers.ContentEncoding);
        Assert.Equal(plain, await UnpackAsync(await answer.Content.ReadAsByteArrayAsync(), coding));
    }

    [Fact]
    public async Task Error_WithAcceptEncoding_Arrives()
    {
        using var answer = await engine.SendAsync("/?database=non_existent_db&query=SELECT%201", null, ("Accept-Encoding", "gzip, deflate"));
        Assert.Equal(404, (int)answer.StatusCode);
        Assert.StartsWith("Code: 81. DB::Exception: ", await UnpackAsync(await answer.Content.ReadAsByteArrayAsync(), "gzip"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Body_OfUnknownCoding_Is501()
    {
        using var answer = await engine.SendAsync("/", "x"u8.ToArray(), ("Content-Encoding", "compress"));
        Assert.Equal(501, (int)answer.StatusCode);
    }

    [Fact]
    public async Task Body_ThatIsNoGzip_IsAnError()
    {
        using var answer = await engine.SendAsync("/", "SELECT 1"u8.ToArray(), ("Content-Encoding", "gzip"));
        Assert.StartsWith("Code: 271.", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Compress1_Answer_IsClickHousesFraming()
    {
        var plain = await engine.ReadAsync(Many);
        using var answer = await engine.SendAsync("/?compress=1", Encoding.UTF8.GetBytes(Many));
        await using var blocks = new BlockDecompressor(await answer.Content.ReadAsStreamAsync());
        using var reader = new StreamReader(blocks);
        Assert.Equal(plain, await reader.ReadToEndAsync());
    }

    [Fact]
    public async Task Decompress1_Body_IsRead_AndADamagedOneIsNot()
    {
        var table = EngineFixture.Table();
        await engine.WriteAsync($"CREATE TABLE {table} (a UInt32) ENGINE = Memory");
        using var packed = new MemoryStream();
        await using (var blocks = new BlockCompressor(packed, ownsInner: false))
            await blocks.WriteAsync(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 300_000).Select(i => i + "\n"))));
        var body = packed.ToArray();
        await engine.WriteAsync("", $"/?decompress=1&query=INSERT+INTO+{table}+FORMAT+TSV", body);
        Assert.Equal("300000\t299999\n", await engine.ReadAsync($"SELECT count(), max(a) FROM {table}"));
        body[^1] ^= 1;
        using var damaged = await engine.SendAsync($"/?decompress=1&query=INSERT+INTO+{table}+FORMAT+TSV", body, ("X-ClickHouse-User", "writer"), ("X-ClickHouse-Key", EngineFixture.Password));
        Assert.StartsWith("Code: 40.", await damaged.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal("300000\n", await engine.ReadAsync($"SELECT count() FROM {table}"));
    }

    // The engine keeps its parts in the same framing: its own files say whether checksum and codecs are right.
    [Theory]
    [InlineData("LZ4")]
    [InlineData("ZSTD")]
    [InlineData("NONE")]
    public async Task Decompressor_ReadsTheEnginesOwnFiles(string codec)
    {
        var table = EngineFixture.Table();
        await engine.WriteAsync($"CREATE TABLE {table} (a String CODEC({codec})) ENGINE = MergeTree ORDER BY tuple() SETTINGS min_bytes_for_wide_part = 0");
        foreach (var rows in (int[])[1, 5, 17, 100, 200_000])
        {
            await engine.WriteAsync($"TRUNCATE TABLE {table}");
            await engine.WriteAsync($"INSERT INTO {table} SELECT toString(number) FROM numbers({rows})");
            var part = (await engine.ReadAsync($"SELECT path FROM system.parts WHERE table = '{table}' AND active")).Trim();
            await using var blocks = new BlockDecompressor(File.OpenRead(Path.Combine(part, "a.bin")));
            using var content = new MemoryStream();
            await blocks.CopyToAsync(content);
            Assert.Equal(Enumerable.Range(0, rows).Sum(i => i.ToString().Length), content.Length);
        }
    }

    static async Task<string> UnpackAsync(byte[] bytes, string coding)
    {
        using var packed = new MemoryStream(bytes);
        await using Stream stream = coding switch
        {
            "gzip" => new GZipStream(packed, CompressionMode.Decompress),
            "deflate" => new ZLibStream(packed, CompressionMode.Decompress),
            "br" => new BrotliStream(packed, CompressionMode.Decompress),
            "zstd" => new ZstdSharp.DecompressionStream(packed),
            _ => LZ4Stream.Decode(packed),
        };
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync();
    }
}

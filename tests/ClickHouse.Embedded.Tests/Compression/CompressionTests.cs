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
    [InlineData("bz2")]
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

    /// <summary>The server's own order; a name counts as a whole only, and q=0 takes it back.</summary>
    [Theory]
    [InlineData("gzip, deflate, br, zstd", "zstd")]
    [InlineData("gzip, deflate, br", "br")]
    [InlineData("bz2, deflate, gzip, lz4", "lz4")]
    [InlineData("bz2;q=0.8, gzip", "gzip")]
    [InlineData("zstd; q=0, gzip ; q=1", "gzip")]
    [InlineData("GZip", "gzip")]
    [InlineData("X-gzip-custom, eflate", null)]
    [InlineData("xz, snappy", null)]
    [InlineData("zstd;q=0", null)]
    public void Choose_ManyOffers_TakesTheServersFavourite(string accept, string? coding) => Assert.Equal(coding, AnswerEncoding.Choose(accept));

    [SkippableTheory]
    [InlineData("xz", "xz")]
    [InlineData("bz2", "bzip2")]
    public async Task Body_OfTheToolOfThatCoding_IsRead(string coding, string tool)
    {
        var table = EngineFixture.Table();
        await engine.WriteAsync($"CREATE TABLE {table} (a UInt32) ENGINE = Memory");
        var packed = await PackedAsync(tool, string.Concat(Enumerable.Range(0, 400_000).Select(i => i + "\n")));
        await InsertAsync(table, packed, coding, "");
        Assert.Equal("400000\t399999\n", await engine.ReadAsync($"SELECT count(), max(a) FROM {table}"));
        packed.AsSpan(packed.Length / 2, 200).Clear();
        Assert.StartsWith("Code: 271.", await InsertAsync(table, packed, coding, null), StringComparison.Ordinal);
        Assert.StartsWith("Code: 271.", await InsertAsync(table, "1\n2\n"u8.ToArray(), coding, null), StringComparison.Ordinal);
        Assert.Equal("400000\n", await engine.ReadAsync($"SELECT count() FROM {table}"));
    }

    [Fact]
    public async Task Body_OfSnappyInHadoopsFraming_IsRead()
    {
        var table = EngineFixture.Table();
        await engine.WriteAsync($"CREATE TABLE {table} (a UInt32) ENGINE = Memory");
        using var packed = new MemoryStream();
        foreach (var block in Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 100_000).Select(i => i + "\n"))).Chunk(250_000))
        {
            packed.Write(BigEndian(block.Length));
            foreach (var chunk in block.Chunk(100_000))
            {
                var raw = Snappier.Snappy.CompressToArray(chunk);
                packed.Write(BigEndian(raw.Length));
                packed.Write(raw);
            }
        }

        await InsertAsync(table, packed.ToArray(), "snappy", "");
        Assert.Equal("100000\t99999\n", await engine.ReadAsync($"SELECT count(), max(a) FROM {table}"));
        Assert.StartsWith("Code: 271.", await InsertAsync(table, packed.ToArray()[..^5], "snappy", null), StringComparison.Ordinal);
        Assert.StartsWith("Code: 271.", await InsertAsync(table, "SELECT 1"u8.ToArray(), "snappy", null), StringComparison.Ordinal);
    }

    static byte[] BigEndian(int size)
    {
        var bytes = new byte[4];
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(bytes, size);
        return bytes;
    }

    async Task<string> InsertAsync(string table, byte[] body, string coding, string? expected)
    {
        using var answer = await engine.SendAsync(
            $"/?query=INSERT+INTO+{table}+FORMAT+TSV", body, ("Content-Encoding", coding), ("X-ClickHouse-User", "writer"), ("X-ClickHouse-Key", EngineFixture.Password));
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(expected is null || text == expected, text);
        return text;
    }

    static async Task<byte[]> PackedAsync(string tool, string text)
    {
        var start = new System.Diagnostics.ProcessStartInfo(tool, "-c") { RedirectStandardInput = true, RedirectStandardOutput = true };
        try
        {
            using var process = System.Diagnostics.Process.Start(start)!;
            using var packed = new MemoryStream();
            var reading = process.StandardOutput.BaseStream.CopyToAsync(packed);
            await process.StandardInput.BaseStream.WriteAsync(Encoding.UTF8.GetBytes(text));
            process.StandardInput.Close();
            await reading;
            return packed.ToArray();
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Skip.If(true, $"there is no {tool} on the PATH; install the system's package {(tool == "xz" ? "xz-utils" : tool)}");
            throw;
        }
    }

    /// <summary>Half a condition must not be run as if it were the whole, and half of an INSERT's rows not be said to be all.</summary>
    [Theory]
    [InlineData("gzip", 1)]
    [InlineData("gzip", 9)]
    [InlineData("gzip", 30)]
    [InlineData("deflate", 1)]
    [InlineData("deflate", 30)]
    [InlineData("br", 3)]
    [InlineData("zstd", 5)]
    [InlineData("lz4", 5)]
    [InlineData("bz2", 9)]
    public async Task Body_CutBeforeItsEnd_IsAnErrorAndNotRun(string coding, int missing)
    {
        var sql = "SELECT 1 WHERE 1 = 1 OR 'a condition of some length' = '" + Guid.NewGuid() + "' -- and a comment " + Guid.NewGuid();
        using var packed = new MemoryStream();
        await using (var stream = AnswerEncoding.Wrap(packed, coding))
            await stream.WriteAsync(Encoding.UTF8.GetBytes(sql));
        using var whole = await engine.SendAsync("/", packed.ToArray(), ("Content-Encoding", coding));
        Assert.Equal("1\n", await whole.Content.ReadAsStringAsync());
        using var cut = await engine.SendAsync("/", packed.ToArray()[..^missing], ("Content-Encoding", coding));
        Assert.False(cut.IsSuccessStatusCode, await cut.Content.ReadAsStringAsync());
        Assert.DoesNotContain("Syntax error", await cut.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    /// <summary>Members are one body, whatever the pieces in which they arrive; what is no member behind them is an error.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(100_000)]
    public async Task GzipBody_ManyMembersInPieces_IsTheirContent(int piece)
    {
        var texts = new[] { "", "SELECT", " 1", new string('x', 70_000), "" };
        using var packed = new MemoryStream();
        foreach (var text in texts)
        {
            using var member = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true);
            member.Write(Encoding.UTF8.GetBytes(text));
        }
        Assert.Equal(string.Concat(texts), await UngzipAsync(packed.ToArray(), piece));
        Assert.Equal("", await UngzipAsync([], piece));
        await Assert.ThrowsAsync<InvalidDataException>(() => UngzipAsync([.. packed.ToArray(), 1, 2, 3], piece));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(100_000)]
    public async Task BrotliBody_InPieces_IsItsContent(int piece)
    {
        var text = string.Concat(Enumerable.Range(0, 50_000));
        using var packed = new MemoryStream();
        await using (var stream = AnswerEncoding.Wrap(packed, "br"))
            await stream.WriteAsync(Encoding.UTF8.GetBytes(text));
        Assert.Equal(text, await ReadAsync(new BrotliBody(new Pieces(packed.ToArray(), piece))));
        Assert.Equal("", await ReadAsync(new BrotliBody(new Pieces([], piece))));
        await Assert.ThrowsAsync<InvalidDataException>(() => ReadAsync(new BrotliBody(new Pieces(packed.ToArray()[..^1], piece))));
        await Assert.ThrowsAsync<InvalidDataException>(() => ReadAsync(new BrotliBody(new Pieces([.. packed.ToArray(), 1], 100_000))));
    }

    static Task<string> UngzipAsync(byte[] packed, int piece) => ReadAsync(new GzipBody(new Pieces(packed, piece)));

    static async Task<string> ReadAsync(Stream body)
    {
        await using var owned = body;
        using var plain = new MemoryStream();
        await body.CopyToAsync(plain);
        return Encoding.UTF8.GetString(plain.ToArray());
    }

    sealed class Pieces(byte[] content, int piece) : MemoryStream(content)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(buffer.Length, piece)], cancellationToken);
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

    static MemoryBudget.Share Enough() => new MemoryBudget(1L << 40, "memory").Open();

    [Fact]
    public async Task Compress1_Answer_IsClickHousesFraming()
    {
        var plain = await engine.ReadAsync(Many);
        using var answer = await engine.SendAsync("/?compress=1", Encoding.UTF8.GetBytes(Many));
        await using var blocks = new BlockDecompressor(await answer.Content.ReadAsStreamAsync(), Enough());
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
            await using var blocks = new BlockDecompressor(File.OpenRead(Path.Combine(part, "a.bin")), Enough());
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
            "bz2" => new ICSharpCode.SharpZipLib.BZip2.BZip2InputStream(packed),
            _ => LZ4Stream.Decode(packed),
        };
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync();
    }
}

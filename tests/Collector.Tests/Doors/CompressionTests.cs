using System.IO.Compression;
using System.Text;
using Tidemark.Collector.Tests.Hosting;

namespace Tidemark.Collector.Tests.Doors;

public sealed class CompressionTests
{
    private static readonly byte[] _events = Encoding.UTF8.GetBytes(string.Join('\n', Enumerable.Range(0, 300).Select(i => $$"""{"event":"e{{i}}","anonymousId":"a{{i}}","messageId":"{{i * 7919}}"}""")));

    public static TheoryData<string, string?> Good => new()
    {
        { "gzip", "gzip" }, { "gzip", "GZIP" }, { "gzip", "x-gzip" }, { "gzip", null }, { "gzip", "identity" }, { "gzip", "zstd" },
        { "zstd", "zstd" }, { "zstd", null }, { "zstd", "Zstd" }, { "plain", "gzip" }, { "plain", "identity" }, { "plain", null },
        { "gzip members", "gzip" }, { "gzip header fields", "gzip" }, { "gzip empty member", "gzip" }, { "zstd frames", "zstd" }, { "zstd skippable", "zstd" },
    };

    [Theory]
    [MemberData(nameof(Good))]
    public async Task Post_WhateverTheHeaderSays_TheFirstBytesDecide(string form, string? header)
    {
        await using var host = await CollectorHost.StartAsync();
        var answer = await host.PostAsync(Pack(form), headers: header is null ? [] : [("Content-Encoding", header)]);
        Assert.Equal((200, 300, ""), (answer.Status, answer.Accepted, answer.Rejected));
        Assert.Equal(300, host.Events().Count);
    }

    public static TheoryData<string, int, string> Bad => new()
    {
        { "gzip cut", 400, "gzip" }, { "gzip without trailer", 400, "gzip" }, { "gzip checksum", 400, "gzip" }, { "gzip length", 400, "gzip" }, { "gzip garbage behind", 400, "gzip" },
        { "gzip header only", 400, "gzip" }, { "gzip long name", 400, "gzip" }, { "gzip reserved flag", 400, "gzip" }, { "gzip damaged", 400, "gzip" }, { "gzip second member cut", 400, "gzip" },
        { "gzip twice", 400, "json" }, { "zstd cut", 400, "zstd" }, { "zstd garbage behind", 400, "zstd" }, { "zstd damaged", 400, "zstd" }, { "zstd header only", 400, "zstd" },
        { "zstd huge window", 400, "zstd" }, { "bomb gzip", 413, "body_too_large" }, { "bomb gzip members", 413, "body_too_large" }, { "bomb zstd", 413, "body_too_large" },
    };

    [Theory]
    [MemberData(nameof(Bad))]
    public async Task Post_DamagedOrTooLarge_IsRefusedAsAWhole(string form, int status, string code)
    {
        await using var host = await CollectorHost.StartAsync();
        var answer = await host.PostAsync(Pack(form));
        Assert.Equal((status, code), (answer.Status, answer.Error));
        Assert.Empty(host.Events());
        Assert.Equal(0, host.InFlight);
    }

    [Theory]
    [InlineData("br")]
    [InlineData("deflate")]
    [InlineData("gzip, br")]
    [InlineData("snappy")]
    public async Task Post_OtherCoding_Is415(string header)
    {
        await using var host = await CollectorHost.StartAsync();
        Assert.Equal((415, "encoding"), await host.PostAsync(_events, headers: ("Content-Encoding", header)) is var a ? (a.Status, a.Error) : default);
    }

    [Theory]
    [InlineData("application/json; charset=utf-16", 415)]
    [InlineData("text/plain; charset=\"UTF-16LE\"", 415)]
    [InlineData("text/plain;charset=UTF-8", 200)]
    [InlineData("application/x-www-form-urlencoded", 200)]
    [InlineData("application/octet-stream", 200)]
    [InlineData("nonsense", 200)]
    public async Task Post_ContentType_DecidesNothingButTheCharset(string type, int status)
    {
        await using var host = await CollectorHost.StartAsync();
        Assert.Equal(status, (await host.PostAsync(_events, headers: ("Content-Type", type))).Status);
    }

    [Fact]
    public async Task Post_InflatedToExactlyTheLimit_IsTaken()
    {
        await using var host = await CollectorHost.StartAsync();
        byte[] Padded(int size) => [.. _events, .. Enumerable.Repeat((byte)' ', size - _events.Length)];
        Assert.Equal(200, (await host.PostAsync(Gzip(Padded(4 << 20)))).Status);
        Assert.Equal(413, (await host.PostAsync(Gzip(Padded((4 << 20) + 1)))).Status);
        Assert.Equal(200, (await host.PostAsync(Zstd(Padded(4 << 20)))).Status);
        Assert.Equal(413, (await host.PostAsync(Zstd(Padded((4 << 20) + 1)))).Status);
    }

    private static byte[] Pack(string form)
    {
        var gzip = Gzip(_events);
        var zstd = Zstd(_events);
        var half = _events.Length / 2;
        return form switch
        {
            "plain" => _events,
            "gzip" => gzip,
            "gzip members" => [.. Gzip(_events[..half]), .. Gzip(_events[half..^5]), .. Gzip(_events[^5..])],
            "gzip empty member" => [.. Gzip([]), .. gzip],
            "gzip header fields" => [0x1f, 0x8b, 8, 4 | 8 | 16 | 2, 0, 0, 0, 0, 0, 3, 3, 0, 1, 2, 3, .. "name\0comment\0"u8, 0, 0, .. gzip[10..]],
            "gzip cut" => gzip[..(gzip.Length * 2 / 3)],
            "gzip without trailer" => gzip[..^8],
            "gzip checksum" => [.. gzip[..^8], (byte)(gzip[^8] ^ 1), .. gzip[^7..]],
            "gzip length" => [.. gzip[..^1], (byte)(gzip[^1] ^ 1)],
            "gzip garbage behind" => [.. gzip, .. "garbage"u8],
            "gzip header only" => gzip[..10],
            "gzip long name" => [0x1f, 0x8b, 8, 8, 0, 0, 0, 0, 0, 3, .. Enumerable.Repeat((byte)'n', 900_000), 0, .. gzip[10..]],
            "gzip reserved flag" => [.. gzip[..3], 0x20, .. gzip[4..]],
            "gzip damaged" => [.. gzip[..20], 0xff, 0xff, 0xff, 0xff, .. gzip[24..]],
            "gzip second member cut" => [.. gzip, .. gzip[..^4]],
            "gzip twice" => Gzip(gzip),
            "zstd" => zstd,
            "zstd frames" => [.. Zstd(_events[..half]), .. Zstd(_events[half..])],
            "zstd skippable" => [0x53, 0x2a, 0x4d, 0x18, 4, 0, 0, 0, 1, 2, 3, 4, .. zstd],
            "zstd cut" => zstd[..^3],
            "zstd garbage behind" => [.. zstd, .. "garbage"u8],
            "zstd damaged" => [.. zstd[..12], 0xff, 0xff, 0xff, .. zstd[15..]],
            "zstd header only" => zstd[..4],
            // Frame header: magic, no single segment, window descriptor of 2 GiB.
            "zstd huge window" => [0x28, 0xb5, 0x2f, 0xfd, 0x00, 21 << 3, 0x01, 0x00, 0x00],
            "bomb gzip" => Gzip(new byte[64 << 20]),
            "bomb gzip members" => [.. Enumerable.Repeat(Gzip([.. Enumerable.Repeat((byte)' ', 1 << 20)]), 5).SelectMany(m => m)],
            "bomb zstd" => Zstd(new byte[64 << 20]),
            _ => throw new ArgumentOutOfRangeException(nameof(form)),
        };
    }

    private static byte[] Gzip(byte[] data)
    {
        using var target = new MemoryStream();
        // GZipStream writes nothing at all for no data.
        if (data.Length == 0)
            return [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        using (var gzip = new GZipStream(target, CompressionLevel.Optimal))
            gzip.Write(data);
        return target.ToArray();
    }

    private static byte[] Zstd(byte[] data)
    {
        using var compressor = new ZstdSharp.Compressor();
        return compressor.Wrap(data).ToArray();
    }
}

using System.IO.Compression;

namespace Tidemark.ClickHouse.Embedded.Tests.Attacks;

/// <summary>Small bodies that become large: zeros and blanks, compressed.</summary>
internal static class StarvationBombs
{
    // 64 KiB of gzip at its best ratio; the others pack the same into less.
    const int StatementBytes = 64 << 20;
    const int MoreBytes = 400 << 20;

    public static byte[] Of(string coding, string what)
    {
        using var packed = new MemoryStream();
        using (var pack = Pack(coding, packed))
        {
            pack.Write(what switch
            {
                "form" => "--b\r\nContent-Disposition: form-data; name=\"t_structure\"\r\n\r\na String\r\n--b\r\nContent-Disposition: form-data; name=\"t\"; filename=\"t\"\r\n\r\n"u8,
                "statement" => "SELECT 1 "u8,
                _ => ""u8,
            });
            var blank = new byte[1 << 20];
            blank.AsSpan().Fill((byte)' ');
            for (var i = 0; i < (coding == "gzip" ? StatementBytes : MoreBytes) >> 20; i++)
                pack.Write(blank);
            pack.Write(what switch
            {
                "form" => "\r\n--b--\r\n"u8,
                _ => "\n"u8,
            });
        }

        return packed.ToArray();
    }

    static Stream Pack(string coding, Stream to) => coding switch
    {
        "gzip" => new GZipStream(to, CompressionLevel.SmallestSize, leaveOpen: true),
        "zstd" => new ZstdSharp.CompressionStream(to, 19, leaveOpen: true),
        "br" => new BrotliStream(to, CompressionLevel.Optimal, leaveOpen: true),
        _ => throw new ArgumentOutOfRangeException(nameof(coding), coding, null),
    };
}

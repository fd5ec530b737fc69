using System.IO.Compression;
using ICSharpCode.SharpZipLib.BZip2;
using ICSharpCode.SharpZipLib.Zip.Compression.Streams;
using K4os.Compression.LZ4.Streams;
using Microsoft.Extensions.Primitives;
using SharpCompress.Compressors.Xz;

namespace Tidemark.ClickHouse.Embedded.Compression;

/// <summary>
/// Content codings of HTTP: in ClickHouse's own order of preference for answers, and every one it reads in requests. Answers in xz no library here writes and in snappy the server
/// itself writes none: a client that takes only these gets its answer plain, which HTTP allows.
/// </summary>
internal static class AnswerEncoding
{
    // zstd, br, lz4, snappy, gzip, deflate, xz, bz2 (src/IO/CompressionMethod.cpp).
    static readonly string[] _preferred = ["zstd", "br", "lz4", "gzip", "deflate", "bz2"];

    /// <summary>The coding of the answer, or null for none.</summary>
    public static string? Choose(StringValues accept)
    {
        if (accept.Count == 0)
            return null;
        var offers = accept.ToString().Split(',', StringSplitOptions.TrimEntries);
        return Array.Find(_preferred, coding => Array.Exists(offers, offer => Accepts(offer, coding)));
    }

    public static Stream Wrap(Stream body, string coding) => coding switch
    {
        "gzip" => new GZipStream(body, CompressionLevel.Fastest, leaveOpen: true),
        "deflate" => new ZLibStream(body, CompressionLevel.Fastest, leaveOpen: true),
        "br" => new BrotliStream(body, CompressionLevel.Fastest, leaveOpen: true),
        "zstd" => new ZstdSharp.CompressionStream(body, level: 1, leaveOpen: true),
        "lz4" => LZ4Stream.Encode(body, leaveOpen: true),
        "bz2" => new BZip2OutputStream(new BlockingStream(body), blockSize: 1),
        _ => body,
    };

    /// <summary>
    /// The decoded body of a request, or null for a coding that is not known. Data that stops before its end is an error with all of them; .NET's own GZipStream,
    /// ZLibStream and BrotliStream end there as if all were well, and half an INSERT or half a condition would be run.
    /// </summary>
    public static Stream? Unwrap(Stream body, string coding) => coding.ToLowerInvariant() switch
    {
        "" or "identity" => body,
        "gzip" or "x-gzip" => new GzipBody(body),
        "deflate" => new BlockingDecoder(() => new InflaterInputStream(new BlockingStream(body))),
        "br" => new BrotliBody(body),
        "zstd" => new ZstdSharp.DecompressionStream(body),
        "lz4" => LZ4Stream.Decode(body),
        "bz2" => new BlockingDecoder(() => new BZip2InputStream(new BlockingStream(body))),
        "xz" => new BlockingDecoder(() => new XZStream(new BlockingStream(body))),
        "snappy" => new SnappyDecoder(body),
        _ => null,
    };

    static bool Accepts(string offer, string coding)
    {
        var parts = offer.Split(';', StringSplitOptions.TrimEntries);
        return parts[0].Equals(coding, StringComparison.OrdinalIgnoreCase)
            && !(parts.Length > 1 && parts[1].Replace(" ", "", StringComparison.Ordinal).ToLowerInvariant() is "q=0" or "q=0.0" or "q=0.00" or "q=0.000");
    }
}

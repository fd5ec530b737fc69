using Tidemark.Collector.Refusals;
using ZstdSharp;
using ZstdSharp.Unsafe;

namespace Tidemark.Collector.Bodies;

/// <summary>Zstandard (RFC 8878), any number of frames. A frame may ask for a window of at most 8 MiB, as the RFC recommends (3.1.1.1.2).</summary>
internal static class ZstdInflater
{
    private const int MaxWindowLog = 23;

    internal static RejectCode Inflate(Body packed, Body plain, int limit)
    {
        try
        {
            using var source = new MemoryStream(packed.Memory.ToArray(), writable: false);
            using var stream = new DecompressionStream(source, checkEndOfStream: true);
            stream.SetParameter(ZSTD_dParameter.ZSTD_d_windowLogMax, MaxWindowLog);
            return Inflater.Copy(stream, plain, limit);
        }
        catch (Exception e) when (e is ZstdException or IOException)
        {
            return RejectCode.BadZstd;
        }
    }
}

using Tidemark.Collector.Refusals;

namespace Tidemark.Collector.Bodies;

/// <summary>
/// Takes the compression off a body, told by its first bytes: proxies unpack bodies and leave the header, and clients pack them and forget it.
/// One layer only. What comes out is counted against the limit while it comes.
/// </summary>
internal static class Inflater
{
    internal static bool IsGzip(ReadOnlySpan<byte> body) => body.StartsWith<byte>([0x1f, 0x8b]);

    /// <summary>A frame, or a skippable frame in front of one.</summary>
    internal static bool IsZstd(ReadOnlySpan<byte> body) =>
        body.StartsWith<byte>([0x28, 0xb5, 0x2f, 0xfd]) || (body.Length >= 4 && (body[0] & 0xf0) == 0x50 && body[1..].StartsWith<byte>([0x2a, 0x4d, 0x18]));

    internal static RejectCode Inflate(Body packed, Body plain, int limit) =>
        IsGzip(packed.Span) ? GzipInflater.Inflate(packed, plain, limit) : ZstdInflater.Inflate(packed, plain, limit);

    /// <summary>Copies a stream of inflated bytes up to the limit; one byte more is too large.</summary>
    internal static RejectCode Copy(Stream from, Body plain, int limit)
    {
        while (true)
        {
            var room = plain.Room(4096);
            var left = limit - plain.Length + 1;
            var before = plain.Length;
            if (room.Length > left)
                room = room[..left];
            var read = from.Read(room);
            if (read == 0)
                return RejectCode.None;
            plain.Advance(read);
            if (plain.Length > limit)
                return RejectCode.BodyTooLarge;
            if (!plain.TryReserve(plain.Length - before))
                return RejectCode.Overload;
        }
    }
}

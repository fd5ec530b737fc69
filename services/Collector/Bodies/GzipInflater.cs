using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;
using Tidemark.Collector.Refusals;

namespace Tidemark.Collector.Bodies;

/// <summary>
/// gzip (RFC 1952), any number of members. .NET's GZipStream ends without an exception where the data was cut, and passes over what follows the last member;
/// here every member's checksum and length are found and compared, and the data has to end with one.
/// </summary>
internal static class GzipInflater
{
    // Extra field, name and comment; ordinary headers have at most a file name.
    private const int MaxHeaderBytes = 4096;
    private const int TrailerBytes = 8;

    internal static RejectCode Inflate(Body packed, Body plain, int limit)
    {
        var rest = packed.Memory;
        do
        {
            if (!TryHeader(rest.Span, out var header))
                return RejectCode.BadGzip;
            rest = rest[header..];
            var start = plain.Length;
            using var source = new Chunks(rest);
            RejectCode code;
            try
            {
                using var deflate = new DeflateStream(source, CompressionMode.Decompress, leaveOpen: true);
                code = Inflater.Copy(deflate, plain, limit);
            }
            catch (InvalidDataException)
            {
                return RejectCode.BadGzip;
            }
            if (code != RejectCode.None)
                return code;
            var end = FindTrailer(rest.Span, source.LastChunk, plain.Span[start..]);
            if (end < 0)
                return RejectCode.BadGzip;
            rest = rest[end..];
        }
        while (!rest.IsEmpty);
        return RejectCode.None;
    }

    /// <summary>
    /// The inflater does not say where in its last chunk the compressed data ended, but the trailer that has to stand there is known: checksum and length of what came out.
    /// Returns the place behind it; -1 when it is not there.
    /// </summary>
    private static int FindTrailer(ReadOnlySpan<byte> data, int lastChunk, ReadOnlySpan<byte> inflated)
    {
        Span<byte> trailer = stackalloc byte[TrailerBytes];
        BinaryPrimitives.WriteUInt32LittleEndian(trailer, Crc32.HashToUInt32(inflated));
        BinaryPrimitives.WriteUInt32LittleEndian(trailer[4..], (uint)inflated.Length);
        for (var from = lastChunk; data[from..].IndexOf(trailer) is var at and >= 0; from += at + 1)
        {
            // Compressed data can end like a trailer of zeros begins, so what follows has to fit too.
            var end = from + at + TrailerBytes;
            if (end == data.Length || Inflater.IsGzip(data[end..]))
                return end;
        }
        return -1;
    }

    private static bool TryHeader(ReadOnlySpan<byte> data, out int length)
    {
        length = 10;
        // Magic, method deflate, no reserved flags.
        if (data.Length < 10 || data[0] != 0x1f || data[1] != 0x8b || data[2] != 8 || (data[3] & 0xe0) != 0)
            return false;
        var flags = data[3];
        data = data[..Math.Min(data.Length, MaxHeaderBytes)];
        if ((flags & 4) != 0)
        {
            if (data.Length < 12)
                return false;
            length += 2 + BinaryPrimitives.ReadUInt16LittleEndian(data[10..]);
        }
        if ((flags & 8) != 0 && !SkipText(data, ref length))
            return false;
        if ((flags & 16) != 0 && !SkipText(data, ref length))
            return false;
        if ((flags & 2) != 0)
            length += 2;
        return length <= data.Length;
    }

    private static bool SkipText(ReadOnlySpan<byte> data, ref int length)
    {
        if (length >= data.Length)
            return false;
        var end = data[length..].IndexOf((byte)0);
        length += end + 1;
        return end >= 0;
    }

    /// <summary>Hands the data out in pieces and remembers where the last one began.</summary>
    private sealed class Chunks(ReadOnlyMemory<byte> data) : Stream
    {
        private const int ChunkBytes = 4096;

        private int _at;

        internal int LastChunk { get; private set; }

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override int Read(Span<byte> buffer)
        {
            var count = Math.Min(Math.Min(buffer.Length, ChunkBytes), data.Length - _at);
            if (count > 0)
                LastChunk = _at;
            data.Span.Slice(_at, count).CopyTo(buffer);
            _at += count;
            return count;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}

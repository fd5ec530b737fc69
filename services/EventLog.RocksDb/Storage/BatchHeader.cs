using System.Buffers.Binary;

namespace Tidemark.EventLog.RocksDb.Storage;

/// <summary>
/// The first 48 bytes of a stored batch; the body in the layout of <see cref="RecordSet"/> follows, compressed or not. Little endian:
/// <code>
///  0 version, 1 codec, 2-3 zero, 4 record count
///  8 base timestamp, 16 largest timestamp, 24 time of the append     milliseconds since 1970
/// 32 bytes stored in the partition before this batch                 (retention by size is a difference of two of these)
/// 40 length of the body uncompressed
/// 44 CRC-32C of base offset, header up to here, body as stored
/// </code>
/// The base offset is the key; it is in the checksum, so a batch under a wrong key is found.
/// </summary>
internal readonly record struct BatchHeader(
    BatchCodec Codec, int Count, long BaseTimestampMs, long MaxTimestampMs, long AppendedMs, long BytesBefore, int BodyLength)
{
    internal const int Size = 48;
    private const byte Version = 1;

    /// <summary>Writes header and checksum in front of a body that already stands at <see cref="Size"/>.</summary>
    internal void Write(Span<byte> batch, long baseOffset)
    {
        batch[0] = Version;
        batch[1] = (byte)Codec;
        batch[2] = 0;
        batch[3] = 0;
        BinaryPrimitives.WriteInt32LittleEndian(batch[4..], Count);
        BinaryPrimitives.WriteInt64LittleEndian(batch[8..], BaseTimestampMs);
        BinaryPrimitives.WriteInt64LittleEndian(batch[16..], MaxTimestampMs);
        BinaryPrimitives.WriteInt64LittleEndian(batch[24..], AppendedMs);
        BinaryPrimitives.WriteInt64LittleEndian(batch[32..], BytesBefore);
        BinaryPrimitives.WriteInt32LittleEndian(batch[40..], BodyLength);
        BinaryPrimitives.WriteUInt32LittleEndian(batch[44..], Checksum(batch, baseOffset));
    }

    /// <summary>False when this is no header of a version known here. Does not look at the checksum.</summary>
    internal static bool TryRead(ReadOnlySpan<byte> batch, out BatchHeader header)
    {
        header = default;
        if (batch.Length < Size || batch[0] != Version)
            return false;
        header = new BatchHeader(
            (BatchCodec)batch[1],
            BinaryPrimitives.ReadInt32LittleEndian(batch[4..]),
            BinaryPrimitives.ReadInt64LittleEndian(batch[8..]),
            BinaryPrimitives.ReadInt64LittleEndian(batch[16..]),
            BinaryPrimitives.ReadInt64LittleEndian(batch[24..]),
            BinaryPrimitives.ReadInt64LittleEndian(batch[32..]),
            BinaryPrimitives.ReadInt32LittleEndian(batch[40..]));
        return header is { Count: > 0, BodyLength: >= 0 };
    }

    internal static bool ChecksumMatches(ReadOnlySpan<byte> batch, long baseOffset) =>
        BinaryPrimitives.ReadUInt32LittleEndian(batch[44..]) == Checksum(batch, baseOffset);

    private static uint Checksum(ReadOnlySpan<byte> batch, long baseOffset)
    {
        Span<byte> offset = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(offset, baseOffset);
        var crc = Crc32C.Append(uint.MaxValue, offset);
        crc = Crc32C.Append(crc, batch[..44]);
        return ~Crc32C.Append(crc, batch[Size..]);
    }
}

internal enum BatchCodec : byte
{
    None = 0,
    Lz4 = 1,
}

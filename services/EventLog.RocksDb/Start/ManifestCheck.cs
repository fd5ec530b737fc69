using System.Buffers.Binary;
using System.Numerics;
using Tidemark.EventLog.RocksDb.Storage;

namespace Tidemark.EventLog.RocksDb.Start;

/// <summary>
/// Reads the manifest's records before RocksDB does, because two kinds of damage pass its own check: a type that says the record belongs to a reused file makes it read
/// for ever, and a length that reaches past the end of the file looks like a write that a power cut tore; all that comes after is left out in silence, whole tables with it.
/// </summary>
internal static class ManifestCheck
{
    private const int BlockBytes = 32 << 10;
    private const int HeaderBytes = 7;

    /// <summary>Whole, first, middle, last. Manifests are never reused, so they have none of the types of reused files.</summary>
    private const byte LastType = 4;

    /// <summary>Throws <see cref="LogCorruptException"/> with file and offset.</summary>
    internal static void Run(string directory)
    {
        byte[] bytes;
        string manifest;
        try
        {
            manifest = Path.Combine(directory, File.ReadAllText(Path.Combine(directory, "CURRENT")).TrimEnd('\n'));
            if (!File.Exists(manifest))
                return;
            bytes = File.ReadAllBytes(manifest);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // RocksDB meets the same, and its message is made clear elsewhere.
            return;
        }
        if (DamageIn(bytes) is { } at)
            throw new LogCorruptException($"A file of the log is damaged: {manifest} at byte {at}. Restore the folder from a copy; do not delete single files.");
    }

    /// <summary>Where the first damaged record begins; null when there is none, or only an end that a power cut tore.</summary>
    internal static int? DamageIn(ReadOnlySpan<byte> manifest)
    {
        for (var at = 0; manifest.Length - at >= HeaderBytes;)
        {
            var left = BlockBytes - at % BlockBytes;
            if (left < HeaderBytes)
            {
                at += left;
                continue;
            }
            var rest = manifest[at..];
            if (!rest.ContainsAnyExcept((byte)0))
                return null;
            var record = HeaderBytes + LengthOf(rest);
            if (record > left || rest[6] is 0 or > LastType)
                return at;
            if (record > rest.Length)
                return IsWholeAtAnotherLength(rest) || HoldsARecord(rest[1..]) ? at : null;
            if (!IsWhole(rest[..record]))
                return at;
            at += record;
        }
        return null;
    }

    private static int LengthOf(ReadOnlySpan<byte> record) => BinaryPrimitives.ReadUInt16LittleEndian(record[4..]);

    private static uint ChecksumOf(ReadOnlySpan<byte> record) => BinaryPrimitives.ReadUInt32LittleEndian(record);

    /// <summary>RocksDB's checksum of a record covers its type and what it holds, not its length.</summary>
    private static bool IsWhole(ReadOnlySpan<byte> record) => Masked(~Crc32C.Append(uint.MaxValue, record[6..])) == ChecksumOf(record);

    /// <summary>True when the checksum is right for fewer bytes than the length says: the length is what is damaged.</summary>
    private static bool IsWholeAtAnotherLength(ReadOnlySpan<byte> record)
    {
        var crc = uint.MaxValue;
        foreach (var b in record[6..])
        {
            crc = BitOperations.Crc32C(crc, b);
            if (Masked(~crc) == ChecksumOf(record))
                return true;
        }
        return false;
    }

    /// <summary>Nothing follows a torn record.</summary>
    private static bool HoldsARecord(ReadOnlySpan<byte> bytes)
    {
        for (; bytes.Length >= HeaderBytes; bytes = bytes[1..])
        {
            if (bytes[6] is not 0 and <= LastType && HeaderBytes + LengthOf(bytes) is var record && record <= bytes.Length && IsWhole(bytes[..record]))
                return true;
        }
        return false;
    }

    /// <summary>As RocksDB stores it, so that a record may hold records with their checksums.</summary>
    private static uint Masked(uint crc) => BitOperations.RotateRight(crc, 15) + 0xa282ead8u;
}

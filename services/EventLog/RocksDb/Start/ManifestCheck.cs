using System.Buffers.Binary;

namespace Tidemark.EventLog.RocksDb.Start;

/// <summary>
/// Finds the one kind of damage that RocksDB does not report but reads for ever: a manifest record whose type says that it belongs to a reused file. Manifests are
/// never reused. Other damage is left to RocksDB's own checksums.
/// </summary>
internal static class ManifestCheck
{
    private const int BlockBytes = 32 << 10;
    private const int HeaderBytes = 7;
    private const byte FirstReusedType = 5;
    private const byte LastReusedType = 8;

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
        for (var at = 0; at + HeaderBytes <= bytes.Length;)
        {
            var left = BlockBytes - at % BlockBytes;
            if (left < HeaderBytes)
            {
                at += left;
                continue;
            }
            var type = bytes[at + 6];
            if (type is >= FirstReusedType and <= LastReusedType)
                throw new LogCorruptException($"A file of the log is damaged: {manifest} at byte {at}. Restore the folder from a copy; do not delete single files.");
            at += HeaderBytes + BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(at + 4));
        }
    }
}

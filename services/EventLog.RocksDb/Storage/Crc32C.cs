using System.Numerics;
using System.Runtime.InteropServices;

namespace Tidemark.EventLog.RocksDb.Storage;

/// <summary>CRC-32C (Castagnoli) by the processor's instruction where there is one.</summary>
internal static class Crc32C
{
    /// <summary>Start with <see cref="uint.MaxValue"/> and invert the end result.</summary>
    internal static uint Append(uint crc, ReadOnlySpan<byte> data)
    {
        var words = MemoryMarshal.Cast<byte, ulong>(data);
        foreach (var word in words)
            crc = BitOperations.Crc32C(crc, word);
        foreach (var b in data[(words.Length * sizeof(ulong))..])
            crc = BitOperations.Crc32C(crc, b);
        return crc;
    }
}

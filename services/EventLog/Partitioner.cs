namespace Tidemark.EventLog;

/// <summary>Kafka's Java default: murmur2 of the key, sign bit cleared, modulo partitions; producers in other languages land on the same partitions.</summary>
public static class Partitioner
{
    public static int PartitionOf(ReadOnlySpan<byte> key, int partitions) => (int)((Murmur2(key) & 0x7fffffff) % (uint)partitions);

    /// <summary>MurmurHash2 with Kafka's seed 0x9747b28c (org.apache.kafka.common.utils.Utils.murmur2).</summary>
    public static uint Murmur2(ReadOnlySpan<byte> data)
    {
        const uint m = 0x5bd1e995;
        var length = data.Length;
        var h = 0x9747b28c ^ (uint)length;
        var words = length / 4;
        for (var i = 0; i < words; i++)
        {
            var k = System.Buffers.Binary.BinaryPrimitives.ReadUInt32LittleEndian(data[(i * 4)..]);
            k *= m;
            k ^= k >> 24;
            k *= m;
            h *= m;
            h ^= k;
        }
        var tail = data[(words * 4)..];
        if (tail.Length == 3)
            h ^= (uint)tail[2] << 16;
        if (tail.Length >= 2)
            h ^= (uint)tail[1] << 8;
        if (tail.Length >= 1)
        {
            h ^= tail[0];
            h *= m;
        }
        h ^= h >> 13;
        h *= m;
        h ^= h >> 15;
        return h;
    }
}

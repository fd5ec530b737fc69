using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Tidemark.EventLog.RocksDb.Storage;

/// <summary>
/// What the log remembers about itself, in the default column family:
/// <code>
/// format                          "1"
/// identity                        random, 22 characters
/// topic/NAME                      "id partitions large"
/// start/NAME/PARTITION            first offset still held, 8 bytes
/// group/GROUP/NAME/PARTITION      committed position, 8 bytes
/// </code>
/// </summary>
internal static class Catalog
{
    internal const string Format = "1";
    internal const string SmallFamily = "small";

    internal static string LargeFamily(TopicPartition partition) => $"p:{partition.Topic}/{partition.Partition}";

    /// <summary>Topic and partition in front of the offset, where partitions share a column family.</summary>
    internal static byte[] SmallPrefix(int topicId, int partition)
    {
        var prefix = new byte[4];
        BinaryPrimitives.WriteUInt16BigEndian(prefix, checked((ushort)topicId));
        BinaryPrimitives.WriteUInt16BigEndian(prefix.AsSpan(2), checked((ushort)partition));
        return prefix;
    }

    internal static byte[] FormatKey { get; } = "format"u8.ToArray();

    internal static byte[] IdentityKey { get; } = "identity"u8.ToArray();

    internal static byte[] TopicKey(string topic) => Encoding.UTF8.GetBytes($"topic/{topic}");

    internal static byte[] StartKey(TopicPartition partition) => Encoding.UTF8.GetBytes($"start/{partition}");

    internal static byte[] GroupKey(string group, TopicPartition partition) => Encoding.UTF8.GetBytes($"group/{group}/{partition}");

    internal static byte[] Offset(long offset)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(bytes, offset);
        return bytes;
    }

    internal static long Offset(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadInt64BigEndian(bytes);

    /// <summary>"group/NAME/TOPIC/PARTITION": group names may hold slashes, topics and partitions do not.</summary>
    internal static (string Group, TopicPartition Partition)? ReadGroupKey(ReadOnlySpan<byte> key)
    {
        var text = Encoding.UTF8.GetString(key);
        var last = text.LastIndexOf('/');
        var middle = last <= 0 ? -1 : text.LastIndexOf('/', last - 1);
        if (middle <= "group/".Length - 1 || !int.TryParse(text.AsSpan(last + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var partition))
            return null;
        return (text["group/".Length..middle], new TopicPartition(text[(middle + 1)..last], partition));
    }
}

/// <summary>How a topic was laid out when it was made; later definitions cannot change it.</summary>
internal readonly record struct TopicLayout(int Id, int Partitions, bool Large)
{
    internal byte[] Write() => Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Id} {Partitions} {(Large ? 1 : 0)}"));

    internal static TopicLayout? Read(ReadOnlySpan<byte> bytes)
    {
        var parts = Encoding.UTF8.GetString(bytes).Split(' ');
        if (parts.Length != 3 || !int.TryParse(parts[0], out var id) || !int.TryParse(parts[1], out var partitions))
            return null;
        return new TopicLayout(id, partitions, parts[2] == "1");
    }
}

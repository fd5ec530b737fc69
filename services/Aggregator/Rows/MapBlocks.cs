using Tidemark.Contracts.Avro;

namespace Tidemark.Aggregator.Rows;

/// <summary>Writes a map of RowBinary as the blocks that Avro has for it. Its memory is used again for the next map.</summary>
public sealed class MapBlocks
{
    /// <summary>A count or a length is five bytes at most.</summary>
    private const int LongestNumber = 5;

    private byte[] _blocks = new byte[4096];

    /// <summary>The blocks, their final zero included; nothing for an empty map.</summary>
    /// <param name="count">Entries.</param>
    /// <param name="entries">Keys and values in turn, each behind its length.</param>
    internal ReadOnlySpan<byte> Of(int count, ReadOnlySpan<byte> entries)
    {
        if (count == 0)
            return default;
        // Avro's lengths have a sign, so those from 64 on may be a byte longer.
        var most = entries.Length + (2 * count) + (2 * LongestNumber);
        if (_blocks.Length < most)
            _blocks = new byte[Math.Max(most, 2 * _blocks.Length)];
        var writer = new AvroWriter(_blocks);
        writer.Long(count);
        var reader = new RowReader(entries, this);
        for (var i = 0; i < 2 * count; i++)
            writer.Bytes(reader.Text());
        writer.Long(0);
        return _blocks.AsSpan(0, writer.Length);
    }
}

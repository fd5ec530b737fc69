namespace Tidemark.Aggregator.Native;

/// <summary>LowCardinality(String): a dictionary for the block and one index per row, as wide as the dictionary needs.</summary>
public sealed class LowCardinalityColumn(string name) : NativeColumn(name, "LowCardinality(String)")
{
    // "Shared dictionaries with additional keys", the only version there is.
    private const ulong KeysVersion = 1;

    // The block brings keys of its own (bit 9) and they are all of the dictionary (bit 10); the lowest byte is the width of the indexes.
    private const ulong OwnKeys = 0x600;

    private readonly ByteDictionary _dictionary = new();
    private readonly RowList<int> _indexes = new();

    public override int Count => _indexes.Count;

    public ByteDictionary Dictionary => _dictionary;

    public ReadOnlySpan<int> Indexes => _indexes.Span;

    public void Add(ReadOnlySpan<byte> value) => _indexes.Add(_dictionary.IndexOf(value));

    /// <summary>Drops the newest rows; what they brought to the dictionary stays there, unused.</summary>
    public void Truncate(int rows) => _indexes.Truncate(rows);

    public override void WritePrefix(ByteBuffer target) => target.WriteUInt64(KeysVersion);

    public override void WriteRows(ByteBuffer target, ReadOnlySpan<int> order)
    {
        var keys = _dictionary.Count;
        var width = keys <= 1 << 8 ? 0 : keys <= 1 << 16 ? 1 : 2;
        target.WriteUInt64(OwnKeys | (ulong)width);
        target.WriteUInt64((ulong)keys);
        for (var i = 0; i < keys; i++)
            target.WriteString(_dictionary.ValueAt(i));
        target.WriteUInt64((ulong)order.Length);
        var indexes = _indexes.Span;
        switch (width)
        {
            case 0:
                var bytes = target.Take(order.Length);
                for (var i = 0; i < order.Length; i++)
                    bytes[i] = (byte)indexes[order[i]];
                break;
            case 1:
                var shorts = target.Take<ushort>(order.Length);
                for (var i = 0; i < order.Length; i++)
                    shorts[i] = (ushort)indexes[order[i]];
                break;
            default:
                var ints = target.Take<int>(order.Length);
                for (var i = 0; i < order.Length; i++)
                    ints[i] = indexes[order[i]];
                break;
        }
    }

    public override void Clear()
    {
        _dictionary.Clear();
        _indexes.Clear();
    }

    public override void Release()
    {
        _dictionary.Release();
        _indexes.Release();
    }
}

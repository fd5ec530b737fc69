using System.Buffers;

namespace Tidemark.Aggregator.Native;

/// <summary>Map(LowCardinality(String), String): end offsets of the rows, then all keys, then all values.</summary>
public sealed class MapColumn(string name) : NativeColumn(name, "Map(LowCardinality(String), String)")
{
    private readonly NestedRows _rows = new();
    private readonly LowCardinalityColumn _keys = new("keys");
    private readonly StringColumn _values = new("values");

    public override int Count => _rows.Count;

    /// <summary>Adds an entry to the row that <see cref="EndRow"/> will end.</summary>
    public void AddEntry(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        _keys.Add(key);
        _values.Add(value);
    }

    /// <summary>Takes back the entries of a row that was not ended.</summary>
    public void AbandonRow()
    {
        _keys.Truncate(_rows.Elements);
        _values.Truncate(_rows.Elements);
    }

    public void EndRow() => _rows.EndRow(_values.Count);

    public override void WritePrefix(ByteBuffer target) => _keys.WritePrefix(target);

    public override void WriteRows(ByteBuffer target, ReadOnlySpan<int> order)
    {
        _rows.WriteOffsets(target, order);
        var elements = _rows.RentElementOrder(order, out var count);
        if (count > 0)
        {
            _keys.WriteRows(target, elements.AsSpan(0, count));
            _values.WriteRows(target, elements.AsSpan(0, count));
        }
        ArrayPool<int>.Shared.Return(elements);
    }

    public override void Clear()
    {
        _rows.Clear();
        _keys.Clear();
        _values.Clear();
    }

    public override void Release()
    {
        _rows.Release();
        _keys.Release();
        _values.Release();
    }
}

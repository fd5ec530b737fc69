using System.Buffers;

namespace Tidemark.Aggregator.Native;

/// <summary>Array of numbers: end offsets of the rows, then all elements.</summary>
public sealed class ArrayColumn<T>(string name, string elementType) : NativeColumn(name, $"Array({elementType})")
    where T : unmanaged
{
    private readonly NestedRows _rows = new();
    private readonly FixedColumn<T> _elements = new("elements", elementType);

    public override int Count => _rows.Count;

    public void Add(ReadOnlySpan<T> values)
    {
        foreach (var value in values)
            _elements.Add(value);
        _rows.EndRow(_elements.Count);
    }

    public override void WriteRows(ByteBuffer target, ReadOnlySpan<int> order)
    {
        _rows.WriteOffsets(target, order);
        var elements = _rows.RentElementOrder(order, out var count);
        _elements.WriteRows(target, elements.AsSpan(0, count));
        ArrayPool<int>.Shared.Return(elements);
    }

    public override void Clear()
    {
        _rows.Clear();
        _elements.Clear();
    }

    public override void Release()
    {
        _rows.Release();
        _elements.Release();
    }
}

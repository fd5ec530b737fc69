using System.Buffers;

namespace Tidemark.Aggregator.Native;

/// <summary>Where the elements of each row end, for Array and Map; turns an order of rows into one of elements.</summary>
internal sealed class NestedRows
{
    private readonly RowList<int> _ends = new();

    public int Count => _ends.Count;

    public int Elements => _ends.Count == 0 ? 0 : _ends[_ends.Count - 1];

    public void EndRow(int elements) => _ends.Add(elements);

    public void Clear() => _ends.Clear();

    public void Release() => _ends.Release();

    public void WriteOffsets(ByteBuffer target, ReadOnlySpan<int> order)
    {
        var offsets = target.Take<ulong>(order.Length);
        var total = 0UL;
        for (var i = 0; i < order.Length; i++)
        {
            total += (ulong)Length(order[i]);
            offsets[i] = total;
        }
    }

    /// <summary>The elements of the rows in their order; rented, the caller returns it.</summary>
    public int[] RentElementOrder(ReadOnlySpan<int> order, out int count)
    {
        count = 0;
        foreach (var row in order)
            count += Length(row);
        var elements = ArrayPool<int>.Shared.Rent(Math.Max(1, count));
        var at = 0;
        foreach (var row in order)
        {
            for (var element = Start(row); element < _ends[row]; element++)
                elements[at++] = element;
        }
        return elements;
    }

    private int Start(int row) => row == 0 ? 0 : _ends[row - 1];

    private int Length(int row) => _ends[row] - Start(row);
}

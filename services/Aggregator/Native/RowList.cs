using System.Buffers;

namespace Tidemark.Aggregator.Native;

/// <summary>One fixed-width value per row, on pooled memory.</summary>
public sealed class RowList<T>
    where T : unmanaged
{
    private T[] _values = [];

    public int Count { get; private set; }

    public ReadOnlySpan<T> Span => _values.AsSpan(0, Count);

    public T this[int row] => _values[row];

    public void Add(T value)
    {
        if (Count == _values.Length)
            Grow();
        _values[Count++] = value;
    }

    public void Clear() => Count = 0;

    public void Truncate(int count) => Count = count;

    public void Release()
    {
        if (_values.Length > 0)
            ArrayPool<T>.Shared.Return(_values);
        _values = [];
        Count = 0;
    }

    private void Grow()
    {
        var larger = ArrayPool<T>.Shared.Rent(Math.Max(256, _values.Length * 2));
        _values.AsSpan(0, Count).CopyTo(larger);
        if (_values.Length > 0)
            ArrayPool<T>.Shared.Return(_values);
        _values = larger;
    }
}

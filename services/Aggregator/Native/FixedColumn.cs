namespace Tidemark.Aggregator.Native;

/// <summary>Numbers, Bool, Enum8, DateTime64: the values one after the other, little-endian.</summary>
public sealed class FixedColumn<T>(string name, string type) : NativeColumn(name, type)
    where T : unmanaged
{
    private readonly RowList<T> _values = new();

    public override int Count => _values.Count;

    public ReadOnlySpan<T> Values => _values.Span;

    public void Add(T value) => _values.Add(value);

    public override void WriteRows(ByteBuffer target, ReadOnlySpan<int> order)
    {
        var values = _values.Span;
        var output = target.Take<T>(order.Length);
        for (var i = 0; i < order.Length; i++)
            output[i] = values[order[i]];
    }

    public override void Clear() => _values.Clear();

    public override void Release() => _values.Release();
}

namespace Tidemark.Aggregator.Native;

/// <summary>String: length and bytes of each row, whatever the bytes are.</summary>
public sealed class StringColumn(string name) : NativeColumn(name, "String")
{
    private readonly ByteBuffer _bytes = new();
    private readonly RowList<int> _ends = new();

    public override int Count => _ends.Count;

    public void Add(ReadOnlySpan<byte> value)
    {
        _bytes.Write(value);
        _ends.Add(_bytes.Length);
    }

    public ReadOnlySpan<byte> ValueAt(int row) => _bytes.Slice(row == 0 ? 0 : _ends[row - 1], _ends[row]);

    public override void WriteRows(ByteBuffer target, ReadOnlySpan<int> order)
    {
        foreach (var row in order)
            target.WriteString(ValueAt(row));
    }

    public void Truncate(int rows)
    {
        _bytes.Truncate(rows == 0 ? 0 : _ends[rows - 1]);
        _ends.Truncate(rows);
    }

    public override void Clear()
    {
        _bytes.Clear();
        _ends.Clear();
    }

    public override void Release()
    {
        _bytes.Release();
        _ends.Release();
    }
}

using System.Buffers;
using System.IO.Hashing;

namespace Tidemark.Aggregator.Native;

/// <summary>
/// The distinct values of one block, numbered in order of appearance; number 0 is the empty value, as ClickHouse wants it. Open addressing over pooled memory;
/// neighbouring rows are often equal, so the last answer is tried first.
/// </summary>
public sealed class ByteDictionary
{
    private readonly ByteBuffer _bytes = new();
    private readonly RowList<int> _ends = new();
    private int[] _slots = [];
    private int _mask;
    private int _last;

    public ByteDictionary() => Clear();

    public int Count => _ends.Count;

    public ReadOnlySpan<byte> ValueAt(int index) => _bytes.Slice(index == 0 ? 0 : _ends[index - 1], _ends[index]);

    public int IndexOf(ReadOnlySpan<byte> value)
    {
        if (value.IsEmpty)
            return 0;
        if (ValueAt(_last).SequenceEqual(value))
            return _last;
        if (_ends.Count * 2 > _mask)
            Rehash();
        var slot = (int)XxHash3.HashToUInt64(value) & _mask;
        for (; _slots[slot] != 0; slot = (slot + 1) & _mask)
        {
            if (ValueAt(_slots[slot]).SequenceEqual(value))
                return _last = _slots[slot];
        }
        _bytes.Write(value);
        _ends.Add(_bytes.Length);
        return _last = _slots[slot] = _ends.Count - 1;
    }

    public void Clear()
    {
        _bytes.Clear();
        _ends.Clear();
        _ends.Add(0);
        _last = 0;
        _slots.AsSpan().Clear();
    }

    public void Release()
    {
        _bytes.Release();
        _ends.Release();
        if (_slots.Length > 0)
            ArrayPool<int>.Shared.Return(_slots);
        _slots = [];
        _mask = 0;
        Clear();
    }

    private void Rehash()
    {
        var size = 64;
        while (size < _ends.Count * 4)
            size *= 2;
        if (_slots.Length > 0)
            ArrayPool<int>.Shared.Return(_slots);
        _slots = ArrayPool<int>.Shared.Rent(size);
        _slots.AsSpan().Clear();
        _mask = size - 1;
        for (var index = 1; index < _ends.Count; index++)
        {
            var slot = (int)XxHash3.HashToUInt64(ValueAt(index)) & _mask;
            while (_slots[slot] != 0)
                slot = (slot + 1) & _mask;
            _slots[slot] = index;
        }
    }
}

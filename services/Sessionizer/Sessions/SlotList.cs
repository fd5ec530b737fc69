namespace Tidemark.Sessionizer.Sessions;

/// <summary>A growing list of slots whose array can be sorted and filtered in place.</summary>
internal sealed class SlotList
{
    private int[] _items = [];

    public int Count { get; set; }

    public int[] Items => _items;

    public void Add(int slot)
    {
        if (Count == _items.Length)
            Array.Resize(ref _items, Math.Max(16, Count * 2));
        _items[Count++] = slot;
    }

    public void RemoveFirst(int count)
    {
        Array.Copy(_items, count, _items, 0, Count - count);
        Count -= count;
    }
}

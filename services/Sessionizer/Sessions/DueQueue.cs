using System.Runtime.InteropServices;

namespace Tidemark.Sessionizer.Sessions;

/// <summary>
/// Slots by the time they are due, earliest first: a four-way heap. Entries are never removed from the middle: a session that was extended keeps its old entry
/// and is put in again when that comes up, so an event costs nothing here.
/// </summary>
internal sealed class DueQueue
{
    /// <summary>Stands for "not in a queue" in a session.</summary>
    public const long None = long.MinValue;

    private Entry[] _heap = new Entry[16];

    public int Count { get; private set; }

    public void Push(long due, int slot)
    {
        if (Count == _heap.Length)
            Array.Resize(ref _heap, Count * 2);
        var at = Count++;
        var heap = _heap;
        while (at > 0)
        {
            var parent = (at - 1) >> 2;
            if (heap[parent].Due <= due)
                break;
            heap[at] = heap[parent];
            at = parent;
        }
        heap[at] = new Entry(due, slot);
    }

    /// <summary>The earliest entry, when it is due before <paramref name="limit"/>.</summary>
    public bool TryPeek(long limit, out long due, out int slot)
    {
        (due, slot) = Count > 0 ? (_heap[0].Due, _heap[0].Slot) : (long.MaxValue, -1);
        return due < limit;
    }

    public void Pop()
    {
        var last = _heap[--Count];
        var heap = _heap;
        var at = 0;
        while (true)
        {
            var child = at * 4 + 1;
            if (child >= Count)
                break;
            var least = child;
            var end = Math.Min(child + 4, Count);
            for (var i = child + 1; i < end; i++)
            {
                if (heap[i].Due < heap[least].Due)
                    least = i;
            }
            if (heap[least].Due >= last.Due)
                break;
            heap[at] = heap[least];
            at = least;
        }
        heap[at] = last;
    }

    public void Clear() => Count = 0;

    [StructLayout(LayoutKind.Sequential, Pack = 4)]
    private readonly struct Entry(long due, int slot)
    {
        public readonly long Due = due;
        public readonly int Slot = slot;
    }
}

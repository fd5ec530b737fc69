using System.Runtime.CompilerServices;

namespace Tidemark.Sessionizer.Sessions;

/// <summary>
/// Slots of structs in chunks: growing moves nothing (references stay valid, no pause for a copy) and the collector sees a few arrays instead of millions of objects.
/// </summary>
internal sealed class Slab<T>
    where T : struct
{
    private const int ChunkBits = 8;
    private const int ChunkMask = (1 << ChunkBits) - 1;

    private T[][] _chunks = new T[4][];
    private int[] _free = [];
    private int _freeCount;

    /// <summary>Slots handed out so far, free ones included: the bound for walking all.</summary>
    public int HighWater { get; private set; }

    public int Count => HighWater - _freeCount;

    public ref T this[int slot]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ref _chunks[slot >> ChunkBits][slot & ChunkMask];
    }

    /// <summary>A free slot; it holds what its last user left.</summary>
    public int Take()
    {
        if (_freeCount > 0)
            return _free[--_freeCount];
        var slot = HighWater;
        var chunk = slot >> ChunkBits;
        if ((slot & ChunkMask) == 0)
        {
            if (chunk == _chunks.Length)
                Array.Resize(ref _chunks, chunk * 2);
            _chunks[chunk] = new T[1 << ChunkBits];
        }
        HighWater++;
        return slot;
    }

    public void Give(int slot)
    {
        if (_freeCount == _free.Length)
            Array.Resize(ref _free, Math.Max(16, _freeCount * 2));
        _free[_freeCount++] = slot;
    }
}

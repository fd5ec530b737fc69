using System.IO.Hashing;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Tidemark.Sessionizer.Sessions;

/// <summary>Visitors by (project, visitor id): open addressing over the hash, with the bytes compared; the seed keeps crafted ids from colliding.</summary>
internal sealed class VisitorTable(long seed)
{
    private const long SmallLength = 1 << 20;

    private readonly Slab<Visitor> _visitors = new();
    private TextArena _arena = new();
    private Place[] _table = new Place[32];
    private long _dead;

    public int Count => _visitors.Count;

    public ref Visitor this[int slot] => ref _visitors[slot];

    public ReadOnlySpan<byte> Id(int slot)
    {
        ref var visitor = ref _visitors[slot];
        return visitor.Length <= InlineId.Size
            ? MemoryMarshal.CreateReadOnlySpan(ref Unsafe.As<InlineId, byte>(ref visitor.Short), visitor.Length)
            : _arena.Get(visitor.Address, visitor.Length);
    }

    /// <summary>The slots that hold a visitor, lowest first.</summary>
    public IEnumerable<int> Slots => Enumerable.Range(0, _visitors.HighWater).Where(slot => _visitors[slot].Length >= 0);

    public int FindOrAdd(int project, ReadOnlySpan<byte> id)
    {
        var hash = HashOf(project, id);
        var mask = _table.Length - 1;
        var at = (int)hash & mask;
        for (; _table[at].Slot != 0; at = (at + 1) & mask)
        {
            if (_table[at].Hash != hash)
                continue;
            var slot = _table[at].Slot - 1;
            ref var visitor = ref _visitors[slot];
            if (visitor.Project == project && visitor.Length == id.Length && Id(slot).SequenceEqual(id))
                return slot;
        }
        return Add(project, id, hash, at);
    }

    /// <summary>The newest session of a slot that may have been given back meanwhile; -1 when there is none.</summary>
    public int Newest(int slot) => slot < _visitors.HighWater && _visitors[slot].Length >= 0 ? _visitors[slot].Newest : -1;

    public uint HashOf(int project, ReadOnlySpan<byte> id) => (uint)XxHash3.HashToUInt64(id, seed + project);

    public void FetchPlace(uint hash) => Memory.Fetch(ref _table[(int)hash & (_table.Length - 1)]);

    /// <summary>The visitor that a hash most likely means, or -1; only good for fetching memory early.</summary>
    public int Guess(uint hash)
    {
        ref var place = ref _table[(int)hash & (_table.Length - 1)];
        return place.Hash == hash ? place.Slot - 1 : -1;
    }

    public void Remove(int slot)
    {
        var at = PlaceOf(slot);
        var mask = _table.Length - 1;
        // Backward shift: later entries of the chain move up, so no tombstones slow down lookups.
        for (var next = (at + 1) & mask; _table[next].Slot != 0; next = (next + 1) & mask)
        {
            var home = (int)_table[next].Hash & mask;
            if (((next - home) & mask) < ((next - at) & mask))
                continue;
            _table[at] = _table[next];
            at = next;
        }
        _table[at] = default;
        ref var visitor = ref _visitors[slot];
        _dead += visitor.Length > InlineId.Size ? visitor.Length : 0;
        visitor.Length = -1;
        _visitors.Give(slot);
        if (_dead > SmallLength && _dead * 2 > _arena.Length)
            CompactArena();
    }

    /// <summary>Project numbers after the pool they come from was compacted: the hash depends on them.</summary>
    public void Renumber(int[] projects)
    {
        Array.Clear(_table);
        for (var slot = 0; slot < _visitors.HighWater; slot++)
        {
            ref var visitor = ref _visitors[slot];
            if (visitor.Length < 0)
                continue;
            visitor.Project = projects[visitor.Project];
            Insert(slot, (uint)XxHash3.HashToUInt64(Id(slot), seed + visitor.Project));
        }
    }

    public void MarkProjects(int[] used)
    {
        for (var slot = 0; slot < _visitors.HighWater; slot++)
        {
            if (_visitors[slot].Length >= 0)
                used[_visitors[slot].Project] = 1;
        }
    }

    private int Add(int project, ReadOnlySpan<byte> id, uint hash, int at)
    {
        var slot = _visitors.Take();
        ref var visitor = ref _visitors[slot];
        visitor = new Visitor { Length = id.Length, Project = project, Newest = -1 };
        if (id.Length > InlineId.Size)
            visitor.Address = _arena.Add(id);
        else
            id.CopyTo(visitor.Short);
        _table[at] = new Place { Hash = hash, Slot = slot + 1 };
        if (_visitors.Count * 2 > _table.Length)
            GrowTable();
        return slot;
    }

    private int PlaceOf(int slot)
    {
        ref var visitor = ref _visitors[slot];
        var hash = (uint)XxHash3.HashToUInt64(Id(slot), seed + visitor.Project);
        var mask = _table.Length - 1;
        var at = (int)hash & mask;
        while (_table[at].Slot != slot + 1)
            at = (at + 1) & mask;
        return at;
    }

    private void GrowTable()
    {
        var old = _table;
        _table = new Place[old.Length * 2];
        foreach (var place in old)
        {
            if (place.Slot != 0)
                Insert(place.Slot - 1, place.Hash);
        }
    }

    private void Insert(int slot, uint hash)
    {
        var mask = _table.Length - 1;
        var at = (int)hash & mask;
        while (_table[at].Slot != 0)
            at = (at + 1) & mask;
        _table[at] = new Place { Hash = hash, Slot = slot + 1 };
    }

    private void CompactArena()
    {
        var fresh = new TextArena();
        for (var slot = 0; slot < _visitors.HighWater; slot++)
        {
            if (_visitors[slot].Length > InlineId.Size)
                _visitors[slot].Address = fresh.Add(Id(slot));
        }
        _arena = fresh;
        _dead = 0;
    }

    private struct Place
    {
        public uint Hash;
        public int Slot;
    }
}

/// <summary>A visitor who has kept sessions; they form a list, newest first.</summary>
internal struct Visitor
{
    /// <summary>Place of an id that is too long to stand here.</summary>
    public long Address;

    /// <summary>Bytes of the id; -1 in a free slot.</summary>
    public int Length;

    public int Project;
    public int Newest;
    public InlineId Short;
}

/// <summary>Room for a UUID as text, and 64 bytes for the whole visitor: looking one up costs one place in memory, not two.</summary>
[InlineArray(Size)]
internal struct InlineId
{
    public const int Size = 44;

    private byte _first;
}

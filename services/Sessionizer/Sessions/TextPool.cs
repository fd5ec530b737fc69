using System.IO.Hashing;

namespace Tidemark.Sessionizer.Sessions;

/// <summary>
/// Texts that repeat a lot (pages, referrers, campaigns, devices, users) as numbers; 0 is the empty text. It only grows, until <see cref="Compact"/> is called with
/// what is still in use; <see cref="WantsCompaction"/> says when that pays.
/// </summary>
internal sealed class TextPool(long seed)
{
    // Below this a compaction cannot give back anything worth the walk over all sessions.
    private const int SmallCount = 1 << 16;
    private const long SmallLength = 4 << 20;

    private TextArena _arena = new();
    private Entry[] _entries = new Entry[16];
    private int[] _table = new int[32];
    private int _count = 1;
    private int _compactCount = SmallCount;
    private long _compactLength = SmallLength;

    public int Count => _count;

    public bool WantsCompaction => _count > _compactCount || _arena.Length > _compactLength;

    public ReadOnlySpan<byte> this[int text] => text == 0 ? default : _arena.Get(_entries[text].Address, _entries[text].Length);

    public int Intern(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
            return 0;
        var hash = (uint)XxHash3.HashToUInt64(bytes, seed);
        var mask = _table.Length - 1;
        for (var at = (int)hash & mask; ; at = (at + 1) & mask)
        {
            var text = _table[at];
            if (text == 0)
                return Add(bytes, hash, at);
            if (_entries[text].Hash == hash && this[text].SequenceEqual(bytes))
                return text;
        }
    }

    /// <summary>The number of a text, most likely <paramref name="known"/>; 0 when it is not there.</summary>
    public int Find(ReadOnlySpan<byte> bytes, int known)
    {
        if (known != 0 && this[known].SequenceEqual(bytes))
            return known;
        var hash = (uint)XxHash3.HashToUInt64(bytes, seed);
        var mask = _table.Length - 1;
        for (var at = (int)hash & mask; _table[at] is not 0 and var text; at = (at + 1) & mask)
        {
            if (_entries[text].Hash == hash && this[text].SequenceEqual(bytes))
                return text;
        }
        return 0;
    }

    /// <summary>The same text as <paramref name="known"/> when it is that, else interned: spares the lookup for what is said again with every event.</summary>
    public int Intern(ReadOnlySpan<byte> bytes, int known) => known != 0 && this[known].SequenceEqual(bytes) ? known : Intern(bytes);

    /// <summary>Keeps the marked texts only; afterwards <paramref name="used"/> holds the new number of each old one.</summary>
    public void Compact(int[] used)
    {
        var old = _entries;
        var oldArena = _arena;
        var oldCount = _count;
        _arena = new TextArena();
        _entries = new Entry[16];
        _table = new int[32];
        _count = 1;
        used[0] = 0;
        for (var i = 1; i < oldCount; i++)
        {
            if (used[i] != 0)
                used[i] = Intern(oldArena.Get(old[i].Address, old[i].Length));
        }
        _compactCount = Math.Max(SmallCount, _count * 2);
        _compactLength = Math.Max(SmallLength, _arena.Length * 2);
    }

    private int Add(ReadOnlySpan<byte> bytes, uint hash, int at)
    {
        if (_count == _entries.Length)
            Array.Resize(ref _entries, _count * 2);
        var text = _count++;
        _entries[text] = new Entry { Address = _arena.Add(bytes), Length = bytes.Length, Hash = hash };
        _table[at] = text;
        if (_count * 2 > _table.Length)
            GrowTable();
        return text;
    }

    private void GrowTable()
    {
        _table = new int[_table.Length * 2];
        var mask = _table.Length - 1;
        for (var text = 1; text < _count; text++)
        {
            var at = (int)_entries[text].Hash & mask;
            while (_table[at] != 0)
                at = (at + 1) & mask;
            _table[at] = text;
        }
    }

    private struct Entry
    {
        public long Address;
        public int Length;
        public uint Hash;
    }
}

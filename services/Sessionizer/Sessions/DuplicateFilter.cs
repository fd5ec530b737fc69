using System.Buffers.Binary;

namespace Tidemark.Sessionizer.Sessions;

/// <summary>
/// Knows the event ids of the last <c>window</c> offsets of a topic partition: a ring of ids by offset, and a table from id to place in the ring. 16 bytes an id, and
/// memory only for what was really seen. An id seen again counts as seen there, so a client that retries for hours stays a duplicate. Where ids belong to streams, 4 bytes more
/// an id say to which: what a stream saw first can be forgotten, and was seen by it also where another repeated it.
/// </summary>
internal sealed class DuplicateFilter
{
    private const int FirstCapacity = 1024;

    private readonly int _window;
    private long[] _ring = new long[FirstCapacity];

    // Place in the ring + 1; 0 is empty. A ring place is valid only while the table points to it.
    private int[] _table = new int[FirstCapacity * 2];

    // Stream of the id at each ring place; null as long as no stream has a number.
    private int[]? _streams;
    private long _oldest;
    private long _next;
    private bool _started;

    /// <param name="window">An equal id less than this many offsets back makes a duplicate.</param>
    public DuplicateFilter(int window)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(window, 1);
        _window = window;
    }

    /// <summary>Notes the id at an offset (greater than all before) and says whether the window before it has it.</summary>
    /// <param name="offset">Of the record.</param>
    /// <param name="id">Of the event.</param>
    /// <param name="stream">Number of its stream, for <see cref="Forget"/>; 0 for none.</param>
    public bool Seen(long offset, long id, int stream = 0)
    {
        MakeRoom(offset);
        if (stream != 0)
            _streams ??= new int[_ring.Length];
        var ring = _ring;
        var mask = ring.Length - 1;
        var place = (int)(offset & mask);
        var tableMask = _table.Length - 1;
        var at = Home(id, tableMask);
        for (; _table[at] != 0; at = (at + 1) & tableMask)
        {
            if (ring[_table[at] - 1] == id)
            {
                if (_streams is { } streams)
                    streams[place] = streams[_table[at] - 1];
                ring[place] = id;
                _table[at] = place + 1;
                return true;
            }
        }
        if (_streams is not null)
            _streams[place] = stream;
        ring[place] = id;
        _table[at] = place + 1;
        return false;
    }

    /// <summary>The ids that this stream saw first were never seen. Looks at the whole window: for what happens rarely.</summary>
    public void Forget(int stream)
    {
        if (_streams is null)
            return;
        for (var offset = Math.Max(_oldest, _next - _ring.Length); offset < _next; offset++)
        {
            var place = (int)(offset & (_ring.Length - 1));
            if (_streams[place] != stream)
                continue;
            Remove(place);
            _streams[place] = 0;
        }
    }

    /// <summary>Fetches early what <see cref="Seen"/> will look at: the id's place, and that of the id which leaves the window by then.</summary>
    public void Ahead(long offset, long id)
    {
        var mask = _table.Length - 1;
        Memory.Fetch(ref _table[Home(id, mask)]);
        Memory.Fetch(ref _table[Home(_ring[(int)((offset - _window) & (_ring.Length - 1))], mask)]);
    }

    /// <summary>The ids of the window, with the streams that saw them first.</summary>
    public void Save(StateWriter state)
    {
        var first = _started ? Math.Max(_oldest, _next - _ring.Length) : 0;
        var known = new System.Collections.BitArray(_ring.Length);
        foreach (var entry in _table)
        {
            if (entry != 0)
                known[entry - 1] = true;
        }
        state.Boolean(_started);
        state.Long(first);
        state.Long(_next);
        state.Boolean(_streams is not null);
        // Runs of offsets whose ids are known, and between them runs without: markers, and ids that were seen again later.
        for (var offset = first; offset < _next;)
        {
            var (from, mask) = (offset, _ring.Length - 1);
            while (offset < _next && known[(int)(offset & mask)])
                offset++;
            state.Long(offset - from);
            for (var at = from; at < offset; at++)
                SaveId(state, (int)(at & mask));
            from = offset;
            while (offset < _next && !known[(int)(offset & mask)])
                offset++;
            state.Long(offset - from);
        }
    }

    /// <summary>Takes over what <see cref="Save"/> wrote, into a filter that is empty; of a window that was larger, as much as there is room for.</summary>
    public void Load(StateReader state)
    {
        _started = state.Boolean();
        var first = state.Long();
        var next = state.Long();
        var hasStreams = state.Boolean();
        if (first < 0 || next < first)
            throw StateReader.Broken();
        _oldest = _next = first;
        while (_ring.Length < Math.Min(next - first, _window))
            Grow();
        for (var offset = first; offset < next;)
        {
            var known = state.Count();
            if (known > next - offset)
                throw StateReader.Broken();
            if (hasStreams)
            {
                for (var end = offset + known; offset < end; offset++)
                {
                    var id = state.Fixed();
                    Seen(offset, id, state.Int());
                }
            }
            else
            {
                LoadRun(offset, state.Fixed(known));
                offset += known;
            }
            var unknown = state.Long();
            if (unknown < 0 || unknown > next - offset)
                throw StateReader.Broken();
            offset += unknown;
        }
        if (_next < next)
            MakeRoom(next - 1);
    }

    private void LoadRun(long offset, ReadOnlySpan<byte> ids)
    {
        for (; !ids.IsEmpty; ids = ids[8..], offset++)
        {
            if (ids.Length > Prefetch.Distance * 8)
                Memory.Fetch(ref _table[Home(BinaryPrimitives.ReadInt64LittleEndian(ids[(Prefetch.Distance * 8)..]), _table.Length - 1)]);
            Seen(offset, BinaryPrimitives.ReadInt64LittleEndian(ids));
        }
    }

    private void SaveId(StateWriter state, int place)
    {
        state.Fixed(_ring[place]);
        if (_streams is { } streams)
            state.Long(streams[place]);
    }

    private static int Home(long id, int mask) => (int)(((ulong)id * 0x9E3779B97F4A7C15) >> 33) & mask;

    private void MakeRoom(long offset)
    {
        if (!_started)
        {
            _started = true;
            _oldest = offset;
            _next = offset;
        }
        if (offset - _oldest >= _window)
            Evict(offset - _window + 1);
        while (offset - _oldest >= _ring.Length)
            Grow();
        _next = offset + 1;
    }

    private void Evict(long oldest)
    {
        var mask = _ring.Length - 1;
        for (var end = Math.Min(oldest, _next); _oldest < end; _oldest++)
            Remove((int)(_oldest & mask));
        _oldest = oldest;
    }

    private void Remove(int place)
    {
        var tableMask = _table.Length - 1;
        var at = Home(_ring[place], tableMask);
        while (_table[at] != place + 1)
        {
            // The id was seen again later, or the offset held no event: nothing points here.
            if (_table[at] == 0)
                return;
            at = (at + 1) & tableMask;
        }
        for (var next = (at + 1) & tableMask; _table[next] != 0; next = (next + 1) & tableMask)
        {
            var home = Home(_ring[_table[next] - 1], tableMask);
            if (((next - home) & tableMask) < ((next - at) & tableMask))
                continue;
            _table[at] = _table[next];
            at = next;
        }
        _table[at] = 0;
    }

    private void Grow()
    {
        var old = _ring;
        var oldTable = _table;
        var oldStreams = _streams;
        _ring = new long[old.Length * 2];
        _table = new int[oldTable.Length * 2];
        _streams = oldStreams is null ? null : new int[_ring.Length];
        var tableMask = _table.Length - 1;
        foreach (var entry in oldTable)
        {
            if (entry == 0)
                continue;
            // The only offset of the old ring's range that has this place.
            var offset = _oldest + ((entry - 1 - _oldest) & (old.Length - 1));
            var place = (int)(offset & (_ring.Length - 1));
            _ring[place] = old[entry - 1];
            if (oldStreams is not null)
                _streams![place] = oldStreams[entry - 1];
            var at = Home(_ring[place], tableMask);
            while (_table[at] != 0)
                at = (at + 1) & tableMask;
            _table[at] = place + 1;
        }
    }
}

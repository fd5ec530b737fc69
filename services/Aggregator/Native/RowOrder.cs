using System.Buffers;
using System.Buffers.Binary;

namespace Tidemark.Aggregator.Native;

/// <summary>
/// Sorts the rows of a block by (project, UTC day, visitor, time), the key of events and session_rows. The engine sorts what comes unsorted, so this is speed only:
/// sorted blocks are stored twice as fast.
/// </summary>
public sealed class RowOrder
{
    private const long DayMs = 24L * 60 * 60 * 1000;

    private Key[] _keys = [];
    private int[] _order = [];
    private int[] _ranks = [];

    /// <summary>Rows as they were added.</summary>
    public ReadOnlyMemory<int> Arrival(int rows)
    {
        Reserve(rows);
        for (var i = 0; i < rows; i++)
            _order[i] = i;
        return _order.AsMemory(0, rows);
    }

    public ReadOnlyMemory<int> ByVisitorDay(LowCardinalityColumn project, FixedColumn<long> time, StringColumn visitor)
    {
        var rows = time.Count;
        Reserve(rows);
        RankProjects(project.Dictionary);
        var projects = project.Indexes;
        var times = time.Values;
        for (var i = 0; i < rows; i++)
        {
            var day = Math.DivRem(times[i], DayMs, out var rest) - (rest < 0 ? 1 : 0);
            _keys[i] = new Key(((ulong)(uint)_ranks[projects[i]] << 32) | (uint)((int)day ^ int.MinValue), Prefix(visitor.ValueAt(i)), times[i], i);
        }
        _keys.AsSpan(0, rows).Sort((a, b) => Compare(in a, in b, visitor));
        for (var i = 0; i < rows; i++)
            _order[i] = _keys[i].Row;
        return _order.AsMemory(0, rows);
    }

    public void Release()
    {
        if (_order.Length > 0)
        {
            ArrayPool<int>.Shared.Return(_order);
            ArrayPool<Key>.Shared.Return(_keys);
        }
        _order = [];
        _keys = [];
    }

    private static int Compare(in Key a, in Key b, StringColumn visitor)
    {
        var result = a.ProjectDay.CompareTo(b.ProjectDay);
        if (result == 0)
            result = a.VisitorPrefix.CompareTo(b.VisitorPrefix);
        if (result == 0)
            result = visitor.ValueAt(a.Row).SequenceCompareTo(visitor.ValueAt(b.Row));
        if (result == 0)
            result = a.Time.CompareTo(b.Time);
        return result == 0 ? a.Row.CompareTo(b.Row) : result;
    }

    private static ulong Prefix(ReadOnlySpan<byte> value)
    {
        if (value.Length >= 8)
            return BinaryPrimitives.ReadUInt64BigEndian(value);
        Span<byte> padded = stackalloc byte[8];
        padded.Clear();
        value.CopyTo(padded);
        return BinaryPrimitives.ReadUInt64BigEndian(padded);
    }

    private void RankProjects(ByteDictionary projects)
    {
        if (_ranks.Length < projects.Count)
            _ranks = new int[projects.Count];
        for (var i = 0; i < projects.Count; i++)
        {
            var rank = 0;
            for (var j = 0; j < projects.Count; j++)
                rank += projects.ValueAt(j).SequenceCompareTo(projects.ValueAt(i)) < 0 ? 1 : 0;
            _ranks[i] = rank;
        }
    }

    private void Reserve(int rows)
    {
        if (_order.Length >= rows && _keys.Length >= rows)
            return;
        Release();
        _order = ArrayPool<int>.Shared.Rent(Math.Max(256, rows));
        _keys = ArrayPool<Key>.Shared.Rent(Math.Max(256, rows));
    }

    private readonly record struct Key(ulong ProjectDay, ulong VisitorPrefix, long Time, int Row);
}

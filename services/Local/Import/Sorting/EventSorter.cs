using System.Buffers.Binary;

namespace Tidemark.Local.Import.Sorting;

/// <summary>
/// Sorts events by stream, then by time, equal times in the order in which they were added. In memory up to <paramref name="runBytes"/>, then in sorted runs on disk that are merged; the runs' files are
/// unlinked as soon as they are open, so that they are gone with the process, however it goes.
/// </summary>
internal sealed class EventSorter(string folder, long runBytes = EventSorter.DefaultRunBytes) : IDisposable
{
    /// <summary>256 MiB of events and their index (about 1 million lines of a web server): far below what the services themselves need.</summary>
    public const long DefaultRunBytes = 256L << 20;

    private const int SegmentBytes = 1 << 20;

    private readonly List<byte[]> _segments = [];
    private readonly List<RunFile> _runs = [];
    private readonly List<Item> _items = [];
    private int _used = SegmentBytes;
    private int _segment = -1;
    private long _bytes;

    public long Count { get; private set; }

    public void Add(long time, long line, ReadOnlySpan<byte> json, int stream = 0)
    {
        if (_bytes > runBytes)
            Spill();
        if (json.Length > SegmentBytes)
            throw new ArgumentException("an event is at most a segment", nameof(json));
        if (_used + json.Length > SegmentBytes)
        {
            if (++_segment == _segments.Count)
                _segments.Add(new byte[SegmentBytes]);
            _used = 0;
        }
        json.CopyTo(_segments[_segment].AsSpan(_used));
        _items.Add(new Item(stream, time, line, _segment, _used, json.Length));
        _used += json.Length;
        _bytes += json.Length + 32;
        Count++;
    }

    /// <summary>All events in order; to be read once.</summary>
    public IEnumerable<SortedEvent> Sorted()
    {
        _items.Sort();
        if (_runs.Count == 0)
            return FromMemory();
        if (_items.Count > 0)
            Spill();
        _segments.Clear();
        return Merged();
    }

    private IEnumerable<SortedEvent> FromMemory()
    {
        foreach (var item in _items)
            yield return new SortedEvent(item.Time, item.Line, _segments[item.Segment].AsMemory(item.Offset, item.Length), item.Stream);
    }

    private IEnumerable<SortedEvent> Merged()
    {
        var queue = new PriorityQueue<RunFile, (int, long, int)>();
        foreach (var run in _runs)
        {
            run.Rewind();
            if (run.Next())
                queue.Enqueue(run, (run.Current.Stream, run.Current.Time, run.Number));
        }
        while (queue.TryDequeue(out var run, out _))
        {
            yield return run.Current;
            if (run.Next())
                queue.Enqueue(run, (run.Current.Stream, run.Current.Time, run.Number));
        }
    }

    private void Spill()
    {
        _items.Sort();
        var run = new RunFile(folder, _runs.Count);
        foreach (var item in _items)
            run.Write(item, _segments[item.Segment].AsSpan(item.Offset, item.Length));
        _runs.Add(run);
        _items.Clear();
        _segment = -1;
        _used = SegmentBytes;
        _bytes = 0;
    }

    public void Dispose()
    {
        foreach (var run in _runs)
            run.Dispose();
    }

    private readonly record struct Item(int Stream, long Time, long Line, int Segment, int Offset, int Length) : IComparable<Item>
    {
        public int CompareTo(Item other) =>
            Stream != other.Stream ? Stream.CompareTo(other.Stream)
            : Time != other.Time ? Time.CompareTo(other.Time)
            : Segment != other.Segment ? Segment.CompareTo(other.Segment)
            : Offset.CompareTo(other.Offset);
    }

    private sealed class RunFile : IDisposable
    {
        private const int HeadBytes = 24;

        private readonly FileStream _file;
        private byte[] _json = new byte[4096];

        public RunFile(string folder, int number)
        {
            Number = number;
            Directory.CreateDirectory(folder);
            var path = Path.Combine(folder, $"import-{Environment.ProcessId}-{Guid.NewGuid():n}-{number}.run");
            _file = new FileStream(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 1 << 16, FileOptions.DeleteOnClose);
            if (!OperatingSystem.IsWindows())
                File.Delete(path);
        }

        /// <summary>Runs are written one after the other, so of equal times the lower number was added first.</summary>
        public int Number { get; }

        public SortedEvent Current { get; private set; }

        public void Write(in Item item, ReadOnlySpan<byte> json)
        {
            Span<byte> head = stackalloc byte[HeadBytes];
            BinaryPrimitives.WriteInt64LittleEndian(head, item.Time);
            BinaryPrimitives.WriteInt64LittleEndian(head[8..], item.Line);
            BinaryPrimitives.WriteInt32LittleEndian(head[16..], json.Length);
            BinaryPrimitives.WriteInt32LittleEndian(head[20..], item.Stream);
            _file.Write(head);
            _file.Write(json);
        }

        public void Rewind() => _file.Position = 0;

        public bool Next()
        {
            Span<byte> head = stackalloc byte[HeadBytes];
            if (_file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false) == 0)
                return false;
            var length = BinaryPrimitives.ReadInt32LittleEndian(head[16..]);
            if (length > _json.Length)
                _json = new byte[Math.Max(length, _json.Length * 2)];
            _file.ReadExactly(_json, 0, length);
            Current = new SortedEvent(
                BinaryPrimitives.ReadInt64LittleEndian(head), BinaryPrimitives.ReadInt64LittleEndian(head[8..]), _json.AsMemory(0, length),
                BinaryPrimitives.ReadInt32LittleEndian(head[20..]));
            return true;
        }

        public void Dispose() => _file.Dispose();
    }
}

/// <summary>One event on its way to the collector, with the line of the file that a message about it names; the JSON is valid until the next one is asked for.</summary>
internal readonly record struct SortedEvent(long Time, long Line, ReadOnlyMemory<byte> Json, int Stream = 0);

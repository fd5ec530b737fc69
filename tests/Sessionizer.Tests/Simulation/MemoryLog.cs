using Tidemark.EventLog;

namespace Tidemark.Sessionizer.Tests.Simulation;

/// <summary>
/// The log's contract in memory on one thread: records come by a script in virtual time, every call is a step that the fault plan may strike. A reader hands out small
/// sets; a wait moves the clock.
/// </summary>
internal sealed class MemoryLog(VirtualTime time) : IEventLog
{
    private readonly Dictionary<TopicPartition, List<Record>> _records = [];
    private readonly Dictionary<TopicPartition, long> _positions = [];
    private readonly Dictionary<TopicPartition, long> _starts = [];
    private readonly Queue<(long At, TopicPartition Target, byte[] Key, byte[] Value)> _script = [];

    public FaultPlan Faults { get; set; } = FaultPlan.Nothing;

    /// <summary>Records of one read.</summary>
    public int SetSize { get; init; } = 3;

    /// <summary>Virtual time after the end of the script until the run counts as quiet.</summary>
    public TimeSpan QuietAfter { get; init; } = TimeSpan.FromMinutes(2);

    public IReadOnlyList<Record> Of(TopicPartition partition) => List(partition);

    public long PositionOf(TopicPartition partition) => _positions.GetValueOrDefault(partition);

    public void SetPosition(TopicPartition partition, long position) => _positions[partition] = position;

    /// <summary>What retention, damage and careless hands do to a log.</summary>
    public void StartOf(TopicPartition partition, long start) => _starts[partition] = start;

    public void Cut(TopicPartition partition, int count) => List(partition).RemoveRange(count, List(partition).Count - count);

    public void Remove(TopicPartition partition, int offset) => List(partition).RemoveAt(offset);

    public void Put(TopicPartition partition, int offset, byte[] value) => List(partition)[offset] = List(partition)[offset] with { Value = value };

    public void Insert(TopicPartition partition, int offset, byte[] key, byte[] value) => List(partition).Insert(offset, new Record(key, value, time.Now));

    public void Script(long at, TopicPartition target, byte[] key, byte[] value) => _script.Enqueue((at, target, key, value));

    public int PartitionCount(string topic) => 1;

    public AppendRequest NewAppend(string topic) => throw new NotSupportedException();

    public ValueTask AppendAsync(AppendRequest request, CancellationToken cancellation) => throw new NotSupportedException();

    public LogRange Range(TopicPartition partition) => new(_starts.GetValueOrDefault(partition), List(partition).Count, List(partition).Count);

    public ValueTask<LogRange> RangeAsync(TopicPartition partition, CancellationToken cancellation) => new(Range(partition));

    public ValueTask<long> TrimAsync(TopicPartition partition, long before, CancellationToken cancellation)
    {
        var range = Range(partition);
        return new(_starts[partition] = Math.Max(range.Start, Math.Min(before, range.End)));
    }

    public ValueTask<long> ExpiredAsync(TopicPartition partition, CancellationToken cancellation) => new(Range(partition).End);

    public ValueTask<long?> PositionAsync(string group, TopicPartition partition, CancellationToken cancellation) =>
        new(_positions.TryGetValue(partition, out var position) ? position : null);

    /// <summary>Of all topics.</summary>
    public string Identity { get; set; } = "first";

    public ValueTask<string> IdentityAsync(string topic, CancellationToken cancellation) => new(Identity);

    /// <summary>What the group has given; null before it has.</summary>
    public IReadOnlyCollection<TopicPartition>? Assigned { get; set; }

    public IReadOnlyCollection<TopicPartition>? Assignment(string group) => Assigned;

    public ILogReader OpenReader(TopicPartition partition, long offset) => new Reader(this, partition, offset);

    public Task RunGroupAsync(
        string group, IReadOnlyList<string> topics, Func<IPartitionOwnership, CancellationToken, Task> process, CancellationToken cancellation) =>
        throw new NotSupportedException();

    public ValueTask DisposeAsync() => default;

    private List<Record> List(TopicPartition partition)
    {
        if (!_records.TryGetValue(partition, out var list))
            _records[partition] = list = [];
        return list;
    }

    private void Deliver()
    {
        while (_script.TryPeek(out var next) && next.At <= time.Now)
        {
            _script.Dequeue();
            List(next.Target).Add(new Record(next.Key, next.Value, next.At));
        }
    }

    public sealed record Record(byte[] Key, byte[] Value, long TimestampMs);

    public sealed class Ownership(MemoryLog log, TopicPartition partition) : IPartitionOwnership
    {
        private Transaction? _open;

        public TopicPartition Partition => partition;

        public long Position => log.PositionOf(partition);

        public ILogTransaction Begin()
        {
            log.Faults.Step();
            Assert.Null(_open);
            return _open = new Transaction(log, this);
        }

        public ValueTask CommitPositionAsync(long position, CancellationToken cancellation) => throw new NotSupportedException();

        private sealed class Transaction(MemoryLog log, Ownership owner) : ILogTransaction
        {
            private readonly List<(TopicPartition Target, Record Record)> _outputs = [];
            private bool _ended;

            public string? Trace { get; set; }

            public void Append(TopicPartition target, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, long timestampMs)
            {
                Assert.False(_ended);
                log.Faults.Step();
                _outputs.Add((target, new Record(key.ToArray(), value.ToArray(), timestampMs)));
            }

            public ValueTask CommitAsync(long position, CancellationToken cancellation)
            {
                Assert.False(_ended);
                log.Faults.Commit(() =>
                {
                    _ended = true;
                    foreach (var (target, record) in _outputs)
                        log.List(target).Add(record);
                    log._positions[owner.Partition] = position;
                });
                return default;
            }

            public void Dispose()
            {
                _ended = true;
                owner._open = null;
            }
        }
    }

    private sealed class Reader(MemoryLog log, TopicPartition partition, long offset) : ILogReader
    {
        private readonly RecordSetBuilder _builder = new();
        private TimeSpan _quiet;

        public TopicPartition Partition => partition;

        public long Position { get; private set; } = offset;

        public long End => Math.Max(Position, log.List(partition).Count);

        public bool AtEnd { get; private set; }

        public IReadOnlyList<LogTrace> Traces => [];

        public RecordSet Records { get; private set; }

        public ValueTask<bool> ReadAsync(TimeSpan wait, CancellationToken cancellation)
        {
            cancellation.ThrowIfCancellationRequested();
            log.Faults.Step();
            log.Deliver();
            if (!TryRead())
            {
                log.AdvanceFor(wait);
                log.Deliver();
                if (!TryRead())
                {
                    _quiet += wait;
                    if (_quiet > log.QuietAfter && log._script.Count == 0)
                        throw new QuietException();
                    return new(false);
                }
            }
            _quiet = TimeSpan.Zero;
            return new(true);
        }

        public void Seek(long offset) => Position = offset;

        public void Dispose() => _builder.Dispose();

        private bool TryRead()
        {
            Records = RecordSet.Empty;
            if (Position < log.Range(partition).Start)
                throw new LogOffsetOutOfRangeException(partition, Position, log.Range(partition));
            var list = log.List(partition);
            _builder.Clear();
            var from = Position;
            for (; Position < list.Count && _builder.Count < log.SetSize; Position++)
            {
                var record = list[(int)Position];
                _builder.Add(record.Key, record.Value, record.TimestampMs);
            }
            AtEnd = Position >= list.Count;
            Records = new RecordSet(_builder.Data, from, _builder.Count, _builder.BaseTimestampMs);
            return _builder.Count > 0;
        }
    }

    private void AdvanceFor(TimeSpan wait)
    {
        // Not past the next scripted record: it wakes the reader.
        var left = _script.TryPeek(out var next) ? TimeSpan.FromMilliseconds(Math.Max(1, next.At - time.Now)) : wait;
        time.Advance(left < wait ? left : wait);
    }
}

using System.Collections.Concurrent;
using Tidemark.EventLog;

namespace Tidemark.Telemetry.Tests.Hosting;

/// <summary>
/// The local log, which carries no traces, with the traces that Kafka carries in record headers: kept beside it by offset. Appends and commits go one at a time, so that their
/// offsets are known, and the traces in place, before a reader can see the records.
/// </summary>
internal sealed class TraceCarryingLog(IEventLog log) : ForwardingLog(log)
{
    private readonly SemaphoreSlim _turn = new(1);
    private readonly ConcurrentDictionary<TopicPartition, ConcurrentQueue<LogTrace>> _traces = new();

    public override async ValueTask AppendAsync(AppendRequest request, CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation);
        try
        {
            for (var partition = 0; partition < request.PartitionCount; partition++)
            {
                if (request.Records(partition).Count > 0)
                    await NoteAsync(new TopicPartition(request.Topic, partition), request.Trace);
            }
            await Log.AppendAsync(request, cancellation);
        }
        finally
        {
            _turn.Release();
        }
    }

    public override ILogReader OpenReader(TopicPartition partition, long offset) => new Reader(this, Log.OpenReader(partition, offset));

    public override Task RunGroupAsync(string group, IReadOnlyList<string> topics, Func<IPartitionOwnership, CancellationToken, Task> process, CancellationToken cancellation) =>
        Log.RunGroupAsync(group, topics, (ownership, stop) => process(new Ownership(this, ownership), stop), cancellation);

    public override Task RunPositionGroupAsync(string group, IReadOnlyList<string> topics, Func<IPartitionOwnership, CancellationToken, Task> process, CancellationToken cancellation) =>
        RunGroupAsync(group, topics, process, cancellation);

    private async ValueTask NoteAsync(TopicPartition partition, string? trace)
    {
        if (trace is not null)
            _traces.GetOrAdd(partition, _ => new()).Enqueue(new LogTrace((await Log.RangeAsync(partition, default)).End, trace));
    }

    private sealed class Reader(TraceCarryingLog owner, ILogReader reader) : ILogReader
    {
        public TopicPartition Partition => reader.Partition;

        public long Position => reader.Position;

        public bool AtEnd => reader.AtEnd;

        public long End => reader.End;

        public RecordSet Records => reader.Records;

        public IReadOnlyList<LogTrace> Traces =>
            owner._traces.TryGetValue(Partition, out var traces)
                ? [.. traces.Where(trace => trace.Offset >= Records.BaseOffset && trace.Offset < Records.BaseOffset + Records.Count)]
                : [];

        public ValueTask<bool> ReadAsync(TimeSpan wait, CancellationToken cancellation) => reader.ReadAsync(wait, cancellation);

        public void Seek(long offset) => reader.Seek(offset);

        public void Dispose() => reader.Dispose();
    }

    private sealed class Ownership(TraceCarryingLog owner, IPartitionOwnership ownership) : IPartitionOwnership
    {
        public TopicPartition Partition => ownership.Partition;

        public long Position => ownership.Position;

        public ILogTransaction Begin() => new Transaction(owner, ownership.Begin());

        public ValueTask CommitPositionAsync(long position, CancellationToken cancellation) => ownership.CommitPositionAsync(position, cancellation);
    }

    private sealed class Transaction(TraceCarryingLog owner, ILogTransaction transaction) : ILogTransaction
    {
        private readonly HashSet<TopicPartition> _targets = [];

        public string? Trace { get; set; }

        public void Append(TopicPartition target, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, long timestampMs)
        {
            _targets.Add(target);
            transaction.Append(target, key, value, timestampMs);
        }

        public async ValueTask CommitAsync(long position, CancellationToken cancellation)
        {
            await owner._turn.WaitAsync(cancellation);
            try
            {
                foreach (var target in _targets)
                    await owner.NoteAsync(target, Trace);
                await transaction.CommitAsync(position, cancellation);
            }
            finally
            {
                owner._turn.Release();
            }
        }

        public void Dispose() => transaction.Dispose();
    }
}

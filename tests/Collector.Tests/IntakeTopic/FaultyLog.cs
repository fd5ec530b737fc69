using System.Collections.Concurrent;
using Tidemark.EventLog;

namespace Tidemark.Collector.Tests.IntakeTopic;

/// <summary>What happens to one commit.</summary>
internal enum Fault
{
    None,
    Aborted,
    UnknownAndDone,
    UnknownAndNotDone,
    Fenced,
    Unavailable,
}

/// <summary>A real log whose transactions fail as they are told to, and which says how far each partition is committed.</summary>
internal sealed class FaultyLog(IEventLog inner) : ForwardingLog(inner)
{
    /// <summary>Asked at every commit.</summary>
    internal Func<Fault> Next { get; set; } = static () => Fault.None;

    /// <summary>Asked at every read; true makes it fail as when the log is away.</summary>
    internal Func<bool> ReadFails { get; set; } = static () => false;

    internal ConcurrentDictionary<TopicPartition, long> Committed { get; } = [];

    /// <summary>Faults that happened.</summary>
    internal ConcurrentQueue<Fault> Happened { get; } = [];

    /// <summary>Commits that are done.</summary>
    internal int Commits { get; private set; }

    internal IEventLog Inner => Log;

    public override ILogReader OpenReader(TopicPartition partition, long offset) => new Reader(this, Log.OpenReader(partition, offset));

    public override Task RunGroupAsync(string group, IReadOnlyList<string> topics, Func<IPartitionOwnership, CancellationToken, Task> process, CancellationToken cancellation) =>
        Log.RunGroupAsync(group, topics, (ownership, stop) => process(new Ownership(this, ownership), stop), cancellation);

    public override Task RunPositionGroupAsync(string group, IReadOnlyList<string> topics, Func<IPartitionOwnership, CancellationToken, Task> process, CancellationToken cancellation) =>
        RunGroupAsync(group, topics, process, cancellation);

    public override async ValueTask DisposeAsync()
    {
        await Log.DisposeAsync();
        await base.DisposeAsync();
    }

    private sealed class Ownership(FaultyLog log, IPartitionOwnership inner) : IPartitionOwnership
    {
        public TopicPartition Partition => inner.Partition;

        public long Position => inner.Position;

        public ILogTransaction Begin() => new Transaction(log, inner.Partition, inner.Begin());

        public ValueTask CommitPositionAsync(long position, CancellationToken cancellation) => inner.CommitPositionAsync(position, cancellation);
    }

    private sealed class Transaction(FaultyLog log, TopicPartition input, ILogTransaction inner) : ILogTransaction
    {
        public string? Trace { get => inner.Trace; set => inner.Trace = value; }

        public void Append(TopicPartition target, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, long timestampMs) => inner.Append(target, key, value, timestampMs);

        public async ValueTask CommitAsync(long position, CancellationToken cancellation)
        {
            var fault = log.Next();
            if (fault != Fault.None)
                log.Happened.Enqueue(fault);
            if (fault is Fault.None or Fault.UnknownAndDone)
            {
                await inner.CommitAsync(position, cancellation);
                log.Committed[input] = position;
                log.Commits++;
            }
            if (fault != Fault.None)
                throw Of(fault);
        }

        public void Dispose() => inner.Dispose();

        private static LogException Of(Fault fault) => fault switch
        {
            Fault.Aborted => new LogTransactionAbortedException("told to abort"),
            Fault.Fenced => new LogFencedException("told to fence"),
            Fault.Unavailable => new LogUnavailableException("told to be away"),
            _ => new LogOutcomeUnknownException("told to be unknown"),
        };
    }

    private sealed class Reader(FaultyLog log, ILogReader inner) : ILogReader
    {
        public TopicPartition Partition => inner.Partition;

        public long Position => inner.Position;

        public bool AtEnd => inner.AtEnd;

        public long End => inner.End;

        public RecordSet Records => inner.Records;

        public IReadOnlyList<LogTrace> Traces => inner.Traces;

        public ValueTask<bool> ReadAsync(TimeSpan wait, CancellationToken cancellation) =>
            log.ReadFails() ? throw new LogUnavailableException("told to be away") : inner.ReadAsync(wait, cancellation);

        public void Seek(long offset) => inner.Seek(offset);

        public void Dispose() => inner.Dispose();
    }
}

using System.Diagnostics;
using Tidemark.Contracts;
using Tidemark.Contracts.Sessions;
using Tidemark.EventLog;

namespace Tidemark.Local.Export;

/// <summary>The sessionizer's commit records of one input partition, one after the other: which of its records count as events was decided there, once.</summary>
internal sealed class Decisions : IDisposable
{
    /// <summary>How long the sessionizer may be silent about records that lie before it: a replay at its start is much shorter for what a local edition holds.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private readonly TopicPartition _input;
    private readonly ILogReader _reader;
    private readonly CommitChain _chain;
    private readonly Queue<SessionizerCommit> _read = new();

    private Decisions(TopicPartition input, ILogReader reader, CommitChain chain) => (_input, _reader, _chain) = (input, reader, chain);

    public static async Task<Decisions> OpenAsync(IEventLog log, TopicPartition input, CancellationToken cancellation)
    {
        var state = new TopicPartition(Topics.SessionizerState, input.Partition);
        var chain = CommitChain.FromStart(new TopicOfChain(input.Topic, input.Partition, await log.IdentityAsync(input.Topic, cancellation)));
        return new Decisions(input, log.OpenReader(state, (await log.RangeAsync(state, cancellation)).Start), chain);
    }

    /// <summary>The next one that goes beyond an offset; waits for it.</summary>
    public async ValueTask<SessionizerCommit> NextAsync(long position, CancellationToken cancellation)
    {
        var since = Stopwatch.GetTimestamp();
        while (true)
        {
            while (_read.TryDequeue(out var commit))
            {
                if (commit.ToOffset > position)
                    return commit;
            }
            if (await _reader.ReadAsync(TimeSpan.FromMilliseconds(200), cancellation))
                Take();
            else if (Stopwatch.GetElapsedTime(since) > Patience)
                throw new CommandFailedException(
                    $"{_input}: the sessionizer does not get beyond offset {position}; /health/ready of the running product says why");
        }
    }

    private void Take()
    {
        foreach (var record in _reader.Records)
        {
            if (_chain.Take(record.Offset, record.Key, record.Value) is { } commit)
                _read.Enqueue(commit);
        }
    }

    public void Dispose() => _reader.Dispose();
}

using System.Diagnostics;
using System.Text;
using Tidemark.Contracts;
using Tidemark.Contracts.Sessions;
using Tidemark.EventLog;

namespace Tidemark.Local.Export;

/// <summary>The sessionizer's commit records of one input partition, one after the other: which of its records count as events was decided there, once.</summary>
internal sealed class Decisions(IEventLog log, TopicPartition input) : IDisposable
{
    /// <summary>How long the sessionizer may be silent about records that lie before it: a replay at its start is much shorter for what a local edition holds.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private readonly ILogReader _reader = Open(log, input.Partition);
    private readonly byte[] _key = Encoding.UTF8.GetBytes(input.Topic);
    private readonly Queue<SessionizerCommit> _read = new();

    private static ILogReader Open(IEventLog log, int partition)
    {
        var state = new TopicPartition(Topics.SessionizerState, partition);
        return log.OpenReader(state, log.Range(state).Start);
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
                    $"{input}: the sessionizer does not get beyond offset {position}; /health/ready of the running product says why");
        }
    }

    private void Take()
    {
        foreach (var record in _reader.Records)
        {
            if (record.Key.SequenceEqual(_key) && SessionizerCommit.Is(record.Value))
                _read.Enqueue(SessionizerCommit.Decode(record.Value));
        }
    }

    public void Dispose() => _reader.Dispose();
}

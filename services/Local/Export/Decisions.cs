using System.Diagnostics;
using System.Text;
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
    private readonly byte[] _key;
    private readonly Queue<SessionizerCommit> _read = new();

    private Decisions(TopicPartition input, ILogReader reader) => (_input, _reader, _key) = (input, reader, Encoding.UTF8.GetBytes(input.Topic));

    public static async Task<Decisions> OpenAsync(IEventLog log, TopicPartition input, CancellationToken cancellation)
    {
        var state = new TopicPartition(Topics.SessionizerState, input.Partition);
        return new Decisions(input, log.OpenReader(state, (await log.RangeAsync(state, cancellation)).Start));
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
            if (record.Key.SequenceEqual(_key) && SessionizerCommit.Is(record.Value))
                _read.Enqueue(SessionizerCommit.Decode(record.Value));
        }
    }

    public void Dispose() => _reader.Dispose();
}

using Tidemark.Contracts;
using Tidemark.Contracts.Sessions;
using Tidemark.EventLog;

namespace Tidemark.Aggregator.Loading;

/// <summary>
/// Follows the sessionizer's commit records of one input partition. Events are loaded only as far as these go, and without the records they name, so that the tables
/// hold what the sessionizer counted: no duplicates, no late events.
/// </summary>
internal sealed class CommitFollower : LoadSource
{
    // Commit records read ahead of loading; more are left in the log until these are used.
    private const int MaxAhead = 20_000;

    private readonly string _topic;
    private readonly byte[] _key;
    private readonly ILogReader _reader;
    private readonly LinkedList<(SessionizerCommit Commit, long Offset)> _ahead = new();
    private LinkedListNode<(SessionizerCommit Commit, long Offset)>? _cursor;
    private int _range;
    private long _position;

    /// <param name="reader">Reads the commit records' partition from where they were left.</param>
    public CommitFollower(ILogReader reader, TopicPartition source, long position)
    {
        _topic = source.Topic;
        _key = System.Text.Encoding.UTF8.GetBytes(source.Topic);
        _position = position;
        _reader = reader;
    }

    public static async ValueTask<CommitFollower> OpenAsync(IEventLog log, TopicPartition source, long position, long stateOffset, CancellationToken cancellation)
    {
        var state = new TopicPartition(Topics.SessionizerState, source.Partition);
        var start = (await log.RangeAsync(state, cancellation)).Start;
        return new CommitFollower(log.OpenReader(state, Math.Max(stateOffset, start)), source, position);
    }

    public override long Limit => _ahead.Last?.Value.Commit.ToOffset ?? _position;

    public override async ValueTask<bool> WaitAsync(long position, TimeSpan wait, CancellationToken cancellation)
    {
        while (_ahead.Count < MaxAhead && await _reader.ReadAsync(Limit > position ? TimeSpan.Zero : wait, cancellation))
            Take();
        return Limit > position;
    }

    public override async ValueTask ReachAsync(long hi, CancellationToken cancellation)
    {
        while (Limit < hi)
        {
            if (await _reader.ReadAsync(TimeSpan.FromSeconds(1), cancellation))
                Take();
        }
    }

    public override long StateOffset(long hi)
    {
        foreach (var (commit, offset) in _ahead)
        {
            if (commit.ToOffset > hi)
                return offset;
        }
        return _reader.Position;
    }

    public override void Rewind()
    {
        _cursor = _ahead.First;
        _range = 0;
    }

    public override bool Counts(long offset)
    {
        while (_cursor is not null && _cursor.Value.Commit.ToOffset <= offset)
        {
            _cursor = _cursor.Next;
            _range = 0;
        }
        if (_cursor is null)
            return true;
        var skipped = _cursor.Value.Commit.Skipped;
        while (_range < skipped.Count && skipped[_range].Offset + skipped[_range].Count <= offset)
            _range++;
        return _range == skipped.Count || offset < skipped[_range].Offset;
    }

    public override void Advance(long hi)
    {
        _position = hi;
        while (_ahead.First is { } first && first.Value.Commit.ToOffset <= hi)
            _ahead.RemoveFirst();
        Rewind();
    }

    public override void Dispose()
    {
        _reader.Dispose();
        base.Dispose();
    }

    private void Take()
    {
        foreach (var record in _reader.Records)
        {
            if (!record.Key.SequenceEqual(_key) || !SessionizerCommit.Is(record.Value))
                continue;
            var commit = SessionizerCommit.Decode(record.Value);
            if (commit.InputTopic == _topic && commit.ToOffset > _position)
                _ahead.AddLast((commit, record.Offset));
        }
        _cursor ??= _ahead.First;
    }
}

using Microsoft.Extensions.Logging;
using Tidemark.Aggregator.Plans;
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

    private readonly TopicPartition _source;
    private readonly ILogReader _reader;
    private readonly CommitChain _chain;
    private readonly ILogger _logger;
    private readonly LinkedList<(SessionizerCommit Commit, long Offset, long WriterBefore)> _ahead = new();
    private LinkedListNode<(SessionizerCommit Commit, long Offset, long WriterBefore)>? _cursor;
    private PassedOver? _told;
    private int _range;
    private long _position;

    /// <param name="source">The partition of events.</param>
    /// <param name="reader">Reads the commit records' partition from where they were left.</param>
    /// <param name="chain">Which of them count, from there on.</param>
    /// <param name="position">Where loading of <paramref name="source"/> goes on.</param>
    /// <param name="logger">Hears of records that do not count.</param>
    private CommitFollower(TopicPartition source, ILogReader reader, CommitChain chain, long position, ILogger logger) =>
        (_source, _reader, _chain, _position, _logger) = (source, reader, chain, position, logger);

    public static async ValueTask<CommitFollower> OpenAsync(
        IEventLog log, TopicPartition source, TopicLife life, long position, StatePosition state, ILogger logger, CancellationToken cancellation)
    {
        var records = new TopicPartition(Topics.SessionizerState, source.Partition);
        var start = (await log.RangeAsync(records, cancellation)).Start;
        var input = new TopicOfChain(source.Topic, source.Partition, life.TopicId);
        var chain = state.Offset == 0 ? CommitChain.FromStart(input, begunAnew: life.Number > 0, trimmed: start > 0) : CommitChain.After(input, state.Writer, state.Next, position);
        return new CommitFollower(source, log.OpenReader(records, Math.Max(state.Offset, start)), chain, position, logger);
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

    public override StatePosition StateAt(long hi)
    {
        foreach (var (commit, offset, writerBefore) in _ahead)
        {
            if (commit.ToOffset > hi)
                return new StatePosition(offset, commit.FromOffset, writerBefore);
        }
        return new StatePosition(_reader.Position, _chain.Next ?? _position, _chain.Writer);
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
        // The records that decided about it are gone: in a new database, of a log that begins later.
        if (offset < _cursor.Value.Commit.FromOffset)
            return false;
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
            var before = _chain.Writer;
            if (_chain.Take(record.Offset, record.Key, record.Value) is not { } commit)
                continue;
            // What it begins anew behind is still to be loaded.
            while (commit.Begins && _ahead.Last is { Value.Commit: var last } && last.ToOffset > commit.FromOffset)
                _ahead.RemoveLast();
            if (commit.ToOffset > _position)
                _ahead.AddLast((commit, record.Offset, before));
        }
        if (_chain.Passed is { } passed && _told is null)
            _logger.ForeignCommits(_source.ToString(), _reader.Partition.ToString(), passed.Offset, passed.Reason);
        _told = _chain.Passed;
        if (_cursor?.List is null)
            _cursor = _ahead.First;
    }
}

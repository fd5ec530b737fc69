using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Tidemark.EventLog.RocksDb.Storage;

namespace Tidemark.EventLog.RocksDb.Writing;

/// <summary>
/// The only writer: takes everything that waits, commits it with one synced write, answers, and takes what arrived meanwhile. So the sync itself is what groups
/// concurrent appends, offsets need no lock, and fencing is a comparison.
/// </summary>
internal sealed class CommitThread : IDisposable
{
    private static readonly TimeSpan _catchUp = TimeSpan.FromMicroseconds(100);
    private readonly LogStore _store;
    private readonly WriteQueue _queue;
    private readonly RocksDbLogOptions _options;
    private readonly TimeProvider _time;
    private readonly EventLogMetrics _metrics;
    private readonly ILogger _logger;
    private readonly Commit _commit;
    private readonly Thread _thread;
    private readonly List<PendingWrite> _members = new(256);
    private bool _failing;

    internal CommitThread(
        LogStore store, WriteQueue queue, RocksDbLogOptions options, int partitions, TimeProvider time, EventLogMetrics metrics, ILogger logger)
    {
        _store = store;
        _queue = queue;
        _options = options;
        _time = time;
        _metrics = metrics;
        _logger = logger;
        _commit = new Commit(options, partitions, store.MetaFamily);
        _thread = new Thread(Run) { Name = "log commit", IsBackground = true };
    }

    internal void Start() => _thread.Start();

    /// <summary>Commits what is queued and ends. False when a write still hangs in the disk after this time; the store must stay open then.</summary>
    internal bool TryStop(TimeSpan timeout)
    {
        _queue.Close();
        return !_thread.IsAlive || _thread.Join(timeout);
    }

    /// <summary>Only after it has stopped.</summary>
    public void Dispose() => _commit.Dispose();

    private void Run()
    {
        var taken = new List<PendingWrite>(256);
        while (_queue.WaitForSome())
        {
            if (_options.SyncDelay > TimeSpan.Zero)
                Thread.Sleep(_options.SyncDelay);
            LetOthersCatchUp(expected: taken.Count);
            taken.Clear();
            _queue.Take(ref taken);
            for (var next = 0; next < taken.Count;)
                CommitSome(taken, ref next);
        }
    }

    /// <summary>
    /// Appenders that were just answered tend to come again at once, but the first of them would have a commit for itself and the others the next one, for ever.
    /// So as many as came last time get a moment: a tenth of what a sync takes. Yielding gives them this very processor.
    /// </summary>
    private void LetOthersCatchUp(int expected)
    {
        if (_queue.Count >= expected)
            return;
        var begun = Stopwatch.GetTimestamp();
        while (_queue.Count < expected && Stopwatch.GetElapsedTime(begun) < _catchUp)
            Thread.Yield();
    }

    /// <summary>One commit: as many of the writes as its limit allows, at least one.</summary>
    private void CommitSome(List<PendingWrite> taken, ref int next)
    {
        var begun = Stopwatch.GetTimestamp();
        _commit.Begin(_time.GetUtcNow().ToUnixTimeMilliseconds());
        _members.Clear();
        long bytes = 0;
        Exception? failure = null;
        try
        {
            while (next < taken.Count && (bytes == 0 || bytes + taken[next].Bytes <= _options.MaxCommitBytes))
            {
                var write = taken[next++];
                bytes += write.Bytes;
                Stage(write);
            }
            _commit.Finish();
            if (!_commit.Store.IsEmpty)
                _store.Write(_commit.Store);
        }
        catch (Exception error)
        {
            failure = error;
        }

        if (failure is null)
        {
            Succeeded(Stopwatch.GetElapsedTime(begun));
        }
        else
        {
            _commit.RollBack();
            Failed(failure);
        }
        _queue.Release(bytes);
        _members.Clear();
    }

    private void Stage(PendingWrite write)
    {
        if (!write.TryBeginStaging())
            return;
        try
        {
            write.Stage(_commit);
        }
        catch (LogException refused)
        {
            write.Fail(refused);
            return;
        }
        catch
        {
            _members.Add(write);
            throw;
        }
        _members.Add(write);
        write.EndStaging();
    }

    private void Succeeded(TimeSpan elapsed)
    {
        if (_failing)
        {
            _failing = false;
            _logger.WritesAgain(_store.Directory);
        }
        _metrics.Committed(_members.Count, _commit.Records, _commit.BodyBytes, _commit.StoredBytes, elapsed);
        foreach (var write in _members)
            write.Publish();
        _commit.Publish();
        foreach (var write in _members)
            write.Succeed();
    }

    private void Failed(Exception failure)
    {
        if (!_failing)
        {
            _failing = true;
            _logger.WriteFailed(failure, _store.Directory);
        }
        _metrics.CommitFailed(failure);
        foreach (var write in _members)
            write.Fail(Answer(failure));
    }

    // An exception object belongs to one thrower: each waiter gets its own.
    private static LogException Answer(Exception failure) => failure switch
    {
        LogFullException => new LogFullException(failure.Message, failure),
        LogCorruptException => new LogCorruptException(failure.Message, failure),
        LogUnavailableException => new LogUnavailableException(failure.Message, failure),
        _ => new LogUnavailableException($"The log could not write: {failure.Message}", failure),
    };
}

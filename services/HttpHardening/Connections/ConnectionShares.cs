using Microsoft.AspNetCore.Connections;

namespace Tidemark.HttpHardening.Connections;

/// <summary>
/// How the connections of a port share it. There is always room for one more that has something to say: when the port is full, the one goes that has been silent longest.
/// A connection that has sent nothing, or not a whole request, is closed after a short time, and so is one that stops in the middle of a body. What connections have sent
/// and nobody could use yet counts against one budget.
/// </summary>
internal sealed class ConnectionShares
{
    private static readonly TimeSpan _round = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan _wait = TimeSpan.FromMilliseconds(50);

    /// <summary>For a second, after which a client had better hear that the port is full.</summary>
    private const int Waits = 20;

    /// <summary>Connections that wait for room; they are above the limit, so there are few.</summary>
    private const int MaxWaiting = 256;

    private readonly Lock _lock = new();
    private readonly HashSet<ConnectionShare> _open = [];
    private readonly DoorLimits _limits;
    private readonly TimeProvider _time;
    private readonly ITimer _rounds;
    private bool _ticking;
    private long _unread;
    private int _waiting;

    internal ConnectionShares(DoorLimits limits, TimeProvider time)
    {
        (_limits, _time) = (limits, time);
        _rounds = time.CreateTimer(static state => ((ConnectionShares)state!).CloseOverdue(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    internal int Count
    {
        get
        {
            lock (_lock)
                return _open.Count;
        }
    }

    internal async Task ServeAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        var share = new ConnectionShare(connection, this, _time);
        if (!TryEnter(share) && !await WaitForRoomAsync(share).ConfigureAwait(false))
        {
            connection.Abort(new ConnectionAbortedException("every connection of the port is at work"));
            return;
        }
        var transport = connection.Transport;
        connection.Features.Set(share);
        connection.Transport = new MeteredPipe(transport, share);
        try
        {
            await next(connection).ConfigureAwait(false);
        }
        finally
        {
            connection.Transport = transport;
            Leave(share);
        }
    }

    /// <summary>A connection holds this many bytes now that were read and not used.</summary>
    internal void Holds(ConnectionShare share, long bytes)
    {
        ConnectionShare? largest = null;
        lock (_lock)
        {
            if (!_open.Contains(share))
                return;
            _unread += bytes - share.Unread;
            share.Unread = bytes;
            if (_unread <= _limits.MaxUnreadBytes)
                return;
            largest = _open.MaxBy(static s => s.Unread)!;
            Forget(largest);
        }
        largest.Connection.Abort(new ConnectionAbortedException("connections hold too many bytes of unfinished requests, and this one most"));
    }

    // Between two bytes of a body, or at the end of an answer, all may be at work for a moment.
    private async Task<bool> WaitForRoomAsync(ConnectionShare share)
    {
        if (Interlocked.Increment(ref _waiting) <= MaxWaiting)
        {
            for (var waits = 0; waits < Waits; waits++)
            {
                await Task.Delay(_wait, _time).ConfigureAwait(false);
                if (!TryEnter(share))
                    continue;
                Interlocked.Decrement(ref _waiting);
                return true;
            }
        }
        Interlocked.Decrement(ref _waiting);
        return false;
    }

    private bool TryEnter(ConnectionShare share)
    {
        ConnectionShare? silent = null;
        lock (_lock)
        {
            if (_open.Count >= _limits.MaxConnections)
            {
                silent = MostSilent();
                if (silent is null)
                    return false;
                Forget(silent);
            }
            _open.Add(share);
            if (!_ticking)
            {
                _ticking = true;
                _rounds.Change(_round, _round);
            }
        }
        silent?.Connection.Abort(new ConnectionAbortedException("closed to make room: it has been silent longest"));
        return true;
    }

    private void Leave(ConnectionShare share)
    {
        lock (_lock)
            Forget(share);
    }

    // Only what is counted can be forgotten: a connection that was closed to make room leaves once more when it has ended.
    private void Forget(ConnectionShare share)
    {
        if (_open.Remove(share))
            _unread -= share.Unread;
    }

    /// <summary>
    /// First those that have never sent a request, apart from the newest, whose request may be on its way; then those between two requests; then those in the middle of a
    /// body. Of each kind the one that has been so longest.
    /// </summary>
    private ConnectionShare? MostSilent()
    {
        var now = _time.GetTimestamp();
        ConnectionShare? found = null;
        var best = (Rank: int.MaxValue, Since: long.MaxValue);
        foreach (var share in _open)
        {
            if (share.SilentSince is not { } since)
                continue;
            var rank = share.AtWork ? 2 : share.Used || _time.GetElapsedTime(since, now) < _round ? 1 : 0;
            if ((rank, since).CompareTo(best) >= 0)
                continue;
            best = (rank, since);
            found = share;
        }
        return found;
    }

    private void CloseOverdue()
    {
        List<ConnectionShare> overdue = [];
        var now = _time.GetTimestamp();
        lock (_lock)
        {
            foreach (var share in _open)
            {
                if (share.SilentSince is not { } since)
                    continue;
                var silent = _time.GetElapsedTime(since, now);
                // Between two requests Kestrel's own limit holds.
                if (share.AtWork ? silent > _limits.BodySilence : !share.Used && silent > _limits.FirstRequestTimeout)
                    overdue.Add(share);
            }
            if (_open.Count == 0)
            {
                _ticking = false;
                _rounds.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            }
        }
        foreach (var share in overdue)
            share.Connection.Abort(new ConnectionAbortedException("silent for too long"));
    }
}

namespace Tidemark.ClickHouse.Embedded.Hosting;

/// <summary>
/// Who runs next. A query waits for a turn and gets a connection with it; when its turn is over and others wait, it runs on as a long query and the turn goes to
/// the next. So what holds connections for minutes (a report, a client that reads slowly) keeps nobody from a short question. When as many long queries run as may,
/// those beyond are stopped after <see cref="QueueLimits.StopAfter"/>. Turns go to the newest and to the oldest that wait, by turns: under a flood the
/// newest still hears soon, and the oldest is not forgotten.
/// </summary>
internal sealed class QueryQueue : IDisposable
{
    static readonly TimeSpan _busyTick = TimeSpan.FromMilliseconds(50);
    static readonly TimeSpan _calmTick = TimeSpan.FromSeconds(1);

    // From the stop of a query that ran for too long until its connection is given up.
    static readonly TimeSpan _grace = TimeSpan.FromSeconds(30);

    readonly QueueLimits _limits;
    readonly Func<Task<PooledConnection>> _open;
    readonly TimeProvider _time;
    readonly ITimer _timer;
    readonly Lock _gate = new();
    readonly Stack<PooledConnection> _free = new();
    PooledConnection? _first;
    readonly HashSet<QueryTurn> _running = [];
    readonly LinkedList<Waiter> _waiting = new();
    int _turns;
    int _long;
    bool _oldestNext;
    TimeSpan _tick = Timeout.InfiniteTimeSpan;

    public QueryQueue(QueueLimits limits, IReadOnlyList<PooledConnection> connections, Func<Task<PooledConnection>> open, TimeProvider time)
    {
        (_limits, _open, _time) = (limits, open, time);
        foreach (var connection in connections)
            Free(connection);
        _timer = time.CreateTimer(_ => Tick(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Waits for a turn. Throws the server's error 202 when too many wait already, or when it took too long.</summary>
    public Task<QueryTurn> EnterAsync(CancellationToken cancellation)
    {
        var waiter = new Waiter(_time.GetTimestamp());
        lock (_gate)
        {
            if (_waiting.Count >= _limits.Waiting)
                throw Full($"{_limits.Waiting} wait for their turn");
            waiter.Node = _waiting.AddLast(waiter);
            Grant();
            Pace();
        }

        if (!waiter.Task.IsCompleted && cancellation.CanBeCanceled)
            waiter.Registration = cancellation.UnsafeRegister(_ => Leave(waiter, cancellation), null);
        return waiter.Task;
    }

    /// <summary>Takes a connection back; <paramref name="replacement"/> when it could not be left clean.</summary>
    public void Leave(QueryTurn turn, PooledConnection? replacement)
    {
        lock (_gate)
        {
            var connection = replacement ?? turn.Connection;
            if (!_running.Remove(turn))
            {
                // Given up before: another connection may have been opened in its place.
                _ = Task.Run(() => connection.Close(_calmTick));
                return;
            }

            Release(turn);
            Free(connection);
            Grant();
            Pace();
        }
    }

    /// <summary>All connections that nothing runs on now, to be closed.</summary>
    public IReadOnlyList<PooledConnection> Connections
    {
        get
        {
            lock (_gate)
                return [.. _first is null ? [] : (PooledConnection[])[_first], .. _free, .. _running.Select(static turn => turn.Connection)];
        }
    }

    public void Dispose() => _timer.Dispose();

    static EngineErrorException Full(string why) => EngineErrorException.Of(202, "TOO_MANY_SIMULTANEOUS_QUERIES", $"Too many simultaneous queries: {why}");

    void Release(QueryTurn turn)
    {
        if (turn.IsLong)
            _long--;
        else
            _turns--;
    }

    void Leave(Waiter waiter, CancellationToken cancellation)
    {
        lock (_gate)
        {
            if (waiter.Node is not { } node)
                return;
            _waiting.Remove(node);
            waiter.Node = null;
        }

        waiter.TrySetCanceled(cancellation);
    }

    // Who asks alone has the one with whole blocks.
    void Free(PooledConnection connection)
    {
        if (connection.HasWholeBlocks)
            _first = connection;
        else
            _free.Push(connection);
    }

    PooledConnection? TakeFree()
    {
        if (_first is not { } first)
            return _free.TryPop(out var next) ? next : null;
        _first = null;
        return first;
    }

    void Grant()
    {
        while (_waiting.Count > 0 && _turns < _limits.Turns)
        {
            var next = (_oldestNext ? _waiting.First : _waiting.Last)!;
            _oldestNext = !_oldestNext;
            _waiting.Remove(next);
            next.Value.Node = null;
            _turns++;
            if (TakeFree() is { } connection)
                Begin(next.Value, connection);
            else
                _ = OpenAsync(next.Value);
        }
    }

    void Begin(Waiter waiter, PooledConnection connection)
    {
        var turn = new QueryTurn(connection, _time.GetTimestamp());
        _running.Add(turn);
        waiter.Registration.Unregister();
        if (waiter.TrySetResult(turn))
            return;
        // Cancelled at this very moment.
        _running.Remove(turn);
        _turns--;
        Free(connection);
    }

    async Task OpenAsync(Waiter waiter)
    {
        try
        {
            // Opening one blocks for a while: not on the caller's thread, which holds the gate.
            var connection = await Task.Run(_open).ConfigureAwait(false);
            lock (_gate)
            {
                Begin(waiter, connection);
                Grant();
                Pace();
            }
        }
        catch (Exception e)
        {
            lock (_gate)
            {
                _turns--;
                Grant();
            }

            waiter.TrySetException(e);
        }
    }

    void Tick()
    {
        List<Waiter> tired = [];
        lock (_gate)
        {
            foreach (var turn in _running)
                Judge(turn);
            GiveUp();
            Grant();
            StopOne();
            while (_waiting.First is { } oldest && _time.GetElapsedTime(oldest.Value.Since) > _limits.Patience)
            {
                _waiting.RemoveFirst();
                oldest.Value.Node = null;
                tired.Add(oldest.Value);
            }

            Pace();
        }

        foreach (var waiter in tired)
            waiter.TrySetException(Full($"no turn came in {_limits.Patience.TotalSeconds:0} s"));
    }

    void Judge(QueryTurn turn)
    {
        var elapsed = _time.GetElapsedTime(turn.Since);
        if (!turn.IsLong && _waiting.Count > 0 && elapsed > _limits.TurnTime && _long < _limits.LongQueries)
        {
            turn.IsLong = true;
            _long++;
            _turns--;
        }

        if (elapsed > _limits.MaxTime)
            turn.Stop(EngineErrorException.Of(159, "TIMEOUT_EXCEEDED", $"Timeout exceeded: elapsed {elapsed.TotalMilliseconds:0} ms, maximum: {_limits.MaxTime.Value.TotalMilliseconds:0} ms"));
    }

    // What does not end after its stop holds a connection, but no place any more.
    void GiveUp()
    {
        foreach (var turn in _running.Where(turn => _time.GetElapsedTime(turn.Since) > _limits.MaxTime + _grace).ToArray())
        {
            _running.Remove(turn);
            Release(turn);
        }
    }

    void StopOne()
    {
        if (_limits.LongQueries == 0 || _long < _limits.LongQueries || _waiting.First is not { } oldest || _time.GetElapsedTime(oldest.Value.Since) < _limits.StopAfter)
            return;
        var longest = _running.Where(static turn => turn is { IsLong: false, IsStopped: false }).MinBy(static turn => turn.Since);
        if (longest is not null && _time.GetElapsedTime(longest.Since) > _limits.StopAfter)
            longest.Stop(Full($"{_limits.LongQueries} long ones run already, and others wait. Run fewer at a time, or ask again later"));
    }

    void Pace()
    {
        var tick = _waiting.Count > 0 ? _busyTick : _running.Count > 0 && _limits.MaxTime is not null ? _calmTick : Timeout.InfiniteTimeSpan;
        if (tick == _tick)
            return;
        _tick = tick;
        _timer.Change(tick, tick);
    }

    sealed class Waiter(long since) : TaskCompletionSource<QueryTurn>(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public long Since => since;
        public LinkedListNode<Waiter>? Node { get; set; }
        public CancellationTokenRegistration Registration { get; set; }
    }
}

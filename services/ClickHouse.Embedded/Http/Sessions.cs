using System.Globalization;
using Tidemark.ClickHouse.Embedded.Hosting;
using Tidemark.ClickHouse.Embedded.Native;

namespace Tidemark.ClickHouse.Embedded.Http;

/// <summary>
/// What <c>session_id</c> names. Only a statement that leaves something behind (SET, USE, a temporary table) gives a session a
/// connection of its own: some clients send an id with every query and never need one.
/// </summary>
internal sealed class Sessions(EmbeddedEngine engine, EngineOptions options, TimeProvider time)
{
    // Each is a connection of the engine (about 0.1 MB and a thread); the server has no such limit.
    const int MaxOwnConnections = 64;

    // A name and two numbers each.
    const int MaxSessions = 10_000;

    // When there is no room for another one, a session that nobody used for this long makes it.
    static readonly TimeSpan _idle = TimeSpan.FromSeconds(60);

    readonly Dictionary<(string User, string Id), Session> _sessions = [];
    readonly Lock _gate = new();

    /// <summary>Takes the session for one query; null when the request names none.</summary>
    public Session? Enter(QueryRequest request, bool writable)
    {
        if (request.SessionId is not { Length: > 0 } id)
            return null;
        lock (_gate)
        {
            Expire();
            var key = (writable ? "writer" : "reader", id);
            if (!_sessions.TryGetValue(key, out var session))
            {
                if (request.SessionCheck)
                    throw EngineErrorException.Of(372, "SESSION_NOT_FOUND", $"Session {id} not found");
                if (_sessions.Count >= MaxSessions && !Evict(static session => session.Connection is null, TimeSpan.Zero))
                    throw EngineErrorException.Of(202, "TOO_MANY_SIMULTANEOUS_QUERIES", $"Too many sessions, maximum: {MaxSessions}");
                session = _sessions[key] = new Session();
            }

            if (session.Busy)
                throw EngineErrorException.Of(373, "SESSION_IS_LOCKED", $"Session {id} is locked by a concurrent client");
            if (session.Closed is { } why)
            {
                Remove(key, session);
                throw EngineErrorException.Of(241, "MEMORY_LIMIT_EXCEEDED", $"Memory limit (total) exceeded: session {id} was closed, {why}; all sessions together may have {options.RequestMemoryBytes} bytes");
            }

            (session.Busy, session.Timeout, session.CloseAfter) = (true, TimeSpan.FromSeconds(request.SessionTimeoutSeconds), request.CloseSession);
            return session;
        }
    }

    public void Leave(Session? session)
    {
        if (session is null)
            return;
        lock (_gate)
        {
            (session.Busy, session.LastUsed) = (false, time.GetTimestamp());
            if (session.CloseAfter)
                Remove(_sessions.First(pair => pair.Value == session).Key, session);
        }
    }

    /// <summary>Gives the session a connection of its own.</summary>
    public async Task<PooledConnection> OwnAsync(Session session, bool readOnly)
    {
        lock (_gate)
        {
            if (_sessions.Values.Count(static other => other.Owns) >= MaxOwnConnections && !Evict(static other => other.Owns, _idle))
                throw EngineErrorException.Of(202, "TOO_MANY_SIMULTANEOUS_QUERIES", $"Too many sessions with settings or temporary tables of their own, maximum: {MaxOwnConnections}");
            session.Owns = true;
        }

        try
        {
            return session.Connection = await engine.OpenAsync(readOnly).ConfigureAwait(false);
        }
        finally
        {
            session.Owns = session.Connection is not null;
        }
    }

    /// <summary>Notes what the session's temporary tables hold; with more than all sessions may have, or when that cannot be told, it is closed, and its next query says why.</summary>
    public async Task WeighAsync(Session session)
    {
        var connection = session.Connection!;
        var bytes = await connection.RunAsync(static connection => Weight(connection)).ConfigureAwait(false);
        lock (_gate)
        {
            session.Bytes = bytes ?? 0;
            if (bytes == 0 || (bytes is not null && _sessions.Values.Sum(static other => other.Bytes) <= options.RequestMemoryBytes))
                return;
            session.Closed = bytes is null ? "its settings do not let its temporary tables be counted" : $"its temporary tables had {bytes} bytes";
            (session.Bytes, session.Connection, session.Owns) = (0, null, false);
        }

        _ = Task.Run(() => connection.Close(TimeSpan.FromSeconds(1)));
    }

    // The session's own settings hold here too; what would cut the answer short is taken off.
    static long? Weight(EngineConnection connection)
    {
        try
        {
            return long.TryParse(EmbeddedEngine.Scalar(connection, """
                SELECT sum(ifNull(total_bytes, 0)) FROM system.tables WHERE is_temporary SETTINGS limit = 0, offset = 0, max_rows_to_read = 0, max_bytes_to_read = 0, max_rows_to_read_leaf = 0,
                    max_bytes_to_read_leaf = 0, max_result_rows = 0, max_result_bytes = 0, max_execution_time = 60, read_overflow_mode = 'throw', read_overflow_mode_leaf = 'throw', result_overflow_mode = 'throw',
                    timeout_overflow_mode = 'throw', group_by_overflow_mode = 'throw'
                """), NumberStyles.None, CultureInfo.InvariantCulture, out var bytes) ? bytes : null;
        }
        catch (EngineErrorException)
        {
            return null;
        }
    }

    void Expire()
    {
        foreach (var (key, session) in _sessions.Where(pair => !pair.Value.Busy && time.GetElapsedTime(pair.Value.LastUsed) > pair.Value.Timeout).ToArray())
            Remove(key, session);
    }

    // The one that nobody used for longest, of those that somebody is not using now.
    bool Evict(Predicate<Session> which, TimeSpan idle)
    {
        var oldest = _sessions.Where(pair => !pair.Value.Busy && which(pair.Value)).OrderBy(static pair => pair.Value.LastUsed).FirstOrDefault();
        if (oldest.Value is null || time.GetElapsedTime(oldest.Value.LastUsed) < idle)
            return false;
        Remove(oldest.Key, oldest.Value);
        return true;
    }

    void Remove((string User, string Id) key, Session session)
    {
        _sessions.Remove(key);
        // Closing waits for the connection's thread: not here, where all sessions wait.
        if (session.Connection is { } connection)
            _ = Task.Run(() => connection.Close(TimeSpan.FromSeconds(1)));
    }

    /// <summary>Closes the sessions' connections; false when one still runs a query.</summary>
    public bool Close(TimeSpan wait)
    {
        lock (_gate)
            return _sessions.Values.Aggregate(true, (closed, session) => (session.Connection?.Close(wait) ?? true) && closed);
    }
}

/// <summary>One session; its fields belong to <see cref="Sessions"/>.</summary>
internal sealed class Session
{
    public PooledConnection? Connection { get; set; }
    public bool Owns { get; set; }
    public bool Busy { get; set; }
    public bool CloseAfter { get; set; }
    public long LastUsed { get; set; }
    public TimeSpan Timeout { get; set; }
    public long Bytes { get; set; }
    public string? Closed { get; set; }
}

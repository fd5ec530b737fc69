using Tidemark.ClickHouse.Embedded.Hosting;

namespace Tidemark.ClickHouse.Embedded.Http;

/// <summary>
/// What <c>session_id</c> names. Only a statement that leaves something behind (SET, USE, a temporary table) gives a session a
/// connection of its own: some clients send an id with every query and never need one.
/// </summary>
internal sealed class Sessions(EmbeddedEngine engine, TimeProvider time)
{
    // Each is a connection of the engine (about 0.1 MB and a thread); the server has no such limit.
    const int MaxOwnConnections = 64;

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
                session = _sessions[key] = new Session();
            }

            if (session.Busy)
                throw EngineErrorException.Of(373, "SESSION_IS_LOCKED", $"Session {id} is locked by a concurrent client");
            (session.Busy, session.Timeout) = (true, TimeSpan.FromSeconds(request.SessionTimeoutSeconds));
            return session;
        }
    }

    public void Leave(Session? session)
    {
        if (session is null)
            return;
        lock (_gate)
            (session.Busy, session.LastUsed) = (false, time.GetTimestamp());
    }

    /// <summary>Gives the session a connection of its own.</summary>
    public async Task<PooledConnection> OwnAsync(Session session, bool readOnly)
    {
        lock (_gate)
            if (_sessions.Values.Count(other => other.Connection is not null) >= MaxOwnConnections)
                throw EngineErrorException.Of(202, "TOO_MANY_SIMULTANEOUS_QUERIES", $"Too many sessions with settings or temporary tables of their own, maximum: {MaxOwnConnections}");
        return session.Connection = await engine.OpenAsync("session", readOnly).ConfigureAwait(false);
    }

    void Expire()
    {
        foreach (var (key, session) in _sessions.Where(pair => !pair.Value.Busy && time.GetElapsedTime(pair.Value.LastUsed) > pair.Value.Timeout).ToArray())
        {
            _sessions.Remove(key);
            session.Connection?.Close(TimeSpan.FromSeconds(1));
        }
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
    public bool Busy { get; set; }
    public long LastUsed { get; set; }
    public TimeSpan Timeout { get; set; }
}

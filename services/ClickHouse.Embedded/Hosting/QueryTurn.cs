namespace Tidemark.ClickHouse.Embedded.Hosting;

/// <summary>A query's turn: the connection it has, since when, and whether it was told to stop. Its fields belong to <see cref="QueryQueue"/>.</summary>
internal sealed class QueryTurn(PooledConnection connection, long since) : IDisposable
{
    readonly CancellationTokenSource _stop = new();
    volatile EngineErrorException? _why;

    public PooledConnection Connection => connection;

    public long Since => since;

    /// <summary>Whether its turn went to another while it runs on.</summary>
    public bool IsLong { get; set; }

    public bool IsStopped => _why is not null;

    /// <summary>Cancelled when the queue wants it to end.</summary>
    public CancellationToken Stopped => _stop.Token;

    /// <summary>Why it was stopped, or null.</summary>
    public EngineErrorException? Why => _why;

    public void Stop(EngineErrorException why)
    {
        if (_why is not null)
            return;
        _why = why;
        // Not on the caller's thread: it holds the queue's gate.
        _ = _stop.CancelAsync();
    }

    public void Dispose() => _stop.Dispose();
}

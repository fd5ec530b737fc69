using System.Threading.Channels;

namespace Tidemark.ClickHouse.Embedded.Hosting;

/// <summary>Connections of one kind; their number is the number of queries that run side by side, the others wait in line.</summary>
internal sealed class ConnectionPool
{
    readonly List<PooledConnection> _connections;
    readonly Channel<PooledConnection> _free = Channel.CreateUnbounded<PooledConnection>();

    public ConnectionPool(IReadOnlyList<PooledConnection> connections)
    {
        _connections = [.. connections];
        foreach (var connection in connections)
            _free.Writer.TryWrite(connection);
    }

    public IReadOnlyList<PooledConnection> Connections
    {
        get
        {
            lock (_connections)
                return [.. _connections];
        }
    }

    public ValueTask<PooledConnection> RentAsync(CancellationToken cancellation) => _free.Reader.ReadAsync(cancellation);

    /// <summary>Takes a connection that its user has left clean.</summary>
    public void Return(PooledConnection connection) => _free.Writer.TryWrite(connection);

    /// <summary>Takes a fresh connection in place of one that could not be cleaned.</summary>
    public void Return(PooledConnection fresh, PooledConnection insteadOf)
    {
        lock (_connections)
        {
            _connections.Remove(insteadOf);
            _connections.Add(fresh);
        }

        Return(fresh);
    }
}

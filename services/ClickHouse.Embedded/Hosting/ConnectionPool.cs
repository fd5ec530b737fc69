using System.Threading.Channels;

namespace Tidemark.ClickHouse.Embedded.Hosting;

/// <summary>Connections of one kind; their number is the number of queries that run side by side, the others wait in line.</summary>
internal sealed class ConnectionPool
{
    readonly Channel<PooledConnection> _free = Channel.CreateUnbounded<PooledConnection>();

    public ConnectionPool(IReadOnlyList<PooledConnection> connections)
    {
        Connections = connections;
        foreach (var connection in connections)
            _free.Writer.TryWrite(connection);
    }

    public IReadOnlyList<PooledConnection> Connections { get; }

    public ValueTask<PooledConnection> RentAsync(CancellationToken cancellation) => _free.Reader.ReadAsync(cancellation);

    /// <summary>Takes a connection that its user has left clean.</summary>
    public void Return(PooledConnection connection) => _free.Writer.TryWrite(connection);
}

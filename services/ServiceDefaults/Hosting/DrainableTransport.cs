using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace Tidemark.ServiceDefaults.Hosting;

/// <summary>
/// Kestrel's socket transport, whose doors can be closed to new connections while those that are there go on. Kestrel itself closes both at once; a request that a client
/// has sent and nobody has begun to read is then left without an answer.
/// </summary>
internal sealed class DrainableTransport(SocketTransportFactory sockets) : IConnectionListenerFactory, IConnectionListenerFactorySelector
{
    private readonly ConcurrentBag<Listener> _listeners = [];
    private readonly TaskCompletionSource _empty = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _connections;
    private volatile bool _closed;

    public bool CanBind(EndPoint endpoint) => sockets.CanBind(endpoint);

    public async ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        var listener = new Listener(await sockets.BindAsync(endpoint, cancellationToken), this);
        _listeners.Add(listener);
        return listener;
    }

    /// <summary>Takes no further connection, and waits until the last of those that are there has ended; throws when cancelled before.</summary>
    internal async Task CloseAsync(CancellationToken cancellation)
    {
        foreach (var listener in _listeners)
            await listener.CloseAsync(cancellation);
        _closed = true;
        if (Volatile.Read(ref _connections) > 0)
            await _empty.Task.WaitAsync(cancellation);
    }

    private void Began(ConnectionContext connection)
    {
        Interlocked.Increment(ref _connections);
        connection.ConnectionClosed.UnsafeRegister(static state => ((DrainableTransport)state!).Ended(), this);
    }

    private void Ended()
    {
        if (Interlocked.Decrement(ref _connections) == 0 && _closed)
            _empty.TrySetResult();
    }

    private sealed class Listener(IConnectionListener inner, DrainableTransport owner) : IConnectionListener
    {
        private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public EndPoint EndPoint => inner.EndPoint;

        public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
        {
            var connection = await inner.AcceptAsync(cancellationToken);
            if (connection is not null)
                owner.Began(connection);
            else
                _ended.TrySetResult();
            return connection;
        }

        /// <summary>Returns when the last connection that came in has been counted.</summary>
        internal async Task CloseAsync(CancellationToken cancellation)
        {
            await inner.UnbindAsync(cancellation);
            await _ended.Task.WaitAsync(cancellation);
        }

        public ValueTask UnbindAsync(CancellationToken cancellationToken = default) => inner.UnbindAsync(cancellationToken);

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}

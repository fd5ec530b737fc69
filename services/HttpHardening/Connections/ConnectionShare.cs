using Microsoft.AspNetCore.Connections;

namespace Tidemark.HttpHardening.Connections;

/// <summary>What is known of one connection. Written by its own requests and reads, read by <see cref="ConnectionShares"/> at any time.</summary>
internal sealed class ConnectionShare(ConnectionContext connection, ConnectionShares shares, TimeProvider time)
{
    private const long NotWaiting = 0;

    private long _idleSince = time.GetTimestamp();
    private long _waitingSince = NotWaiting;
    private volatile bool _atWork;
    private volatile bool _used;

    internal ConnectionContext Connection => connection;

    /// <summary>Whether a request is under way.</summary>
    internal bool AtWork => _atWork;

    /// <summary>Whether a request has ever come whole as far as its headers.</summary>
    internal bool Used => _used;

    /// <summary>
    /// Since when the client owes something (timestamp): without a request since the connection or its last answer, whatever has trickled in since; in the middle of a body
    /// since its last byte. Null while it is waiting for us.
    /// </summary>
    internal long? SilentSince => !_atWork ? Volatile.Read(ref _idleSince) : Volatile.Read(ref _waitingSince) is var since && since != NotWaiting ? since : null;

    /// <summary>Bytes that were read and not used; under the lock of the shares.</summary>
    internal long Unread { get; set; }

    internal void BeginRequest()
    {
        _used = true;
        _atWork = true;
    }

    internal void EndRequest()
    {
        Volatile.Write(ref _idleSince, time.GetTimestamp());
        _atWork = false;
    }

    internal void Waits() => Volatile.Write(ref _waitingSince, time.GetTimestamp());

    internal void Heard() => Volatile.Write(ref _waitingSince, NotWaiting);

    internal void Holds(long bytes) => shares.Holds(this, bytes);
}

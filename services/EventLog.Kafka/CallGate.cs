namespace Tidemark.EventLog.Kafka;

/// <summary>
/// Counts who is inside a native client. Nobody enters once closing has begun, and closing waits until the last one has left, so what is freed after it is used by nobody.
/// </summary>
internal sealed class CallGate
{
    private const int Closed = int.MinValue;
    private int _state;

    /// <summary>False when it is closed; otherwise <see cref="Leave"/> has to follow.</summary>
    internal bool TryEnter()
    {
        if (Interlocked.Increment(ref _state) > 0)
            return true;
        Interlocked.Decrement(ref _state);
        return false;
    }

    /// <summary>Throws <see cref="ObjectDisposedException"/> when it is closed.</summary>
    internal T Inside<T>(Func<T> call)
    {
        if (!TryEnter())
            throw new ObjectDisposedException(nameof(KafkaEventLog), "The log is closed.");
        try
        {
            return call();
        }
        finally
        {
            Leave();
        }
    }

    internal void Leave() => Interlocked.Decrement(ref _state);

    /// <summary>Blocks for as long as the longest call that has begun.</summary>
    internal void Close()
    {
        Interlocked.Or(ref _state, Closed);
        SpinWait.SpinUntil(() => Volatile.Read(ref _state) == Closed);
    }
}

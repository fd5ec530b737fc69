namespace Tidemark.Collector;

/// <summary>Bounds the bytes of bodies being worked on, over all requests.</summary>
internal sealed class InFlightBytes(CollectorOptions options)
{
    private long _current;

    internal long Current => Volatile.Read(ref _current);

    internal bool Fits(long bytes) => Current + bytes <= options.MaxInFlightBytes;

    internal bool TryAdd(long bytes)
    {
        if (Interlocked.Add(ref _current, bytes) <= options.MaxInFlightBytes)
            return true;
        Interlocked.Add(ref _current, -bytes);
        return false;
    }

    internal void Remove(long bytes) => Interlocked.Add(ref _current, -bytes);
}

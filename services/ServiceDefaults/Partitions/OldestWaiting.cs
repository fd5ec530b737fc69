namespace Tidemark.ServiceDefaults.Partitions;

/// <summary>
/// Since when the oldest record that a loop has not finished stands in the log. Written by the loop, read at scrapes: the age grows by the clock, so a loop that hangs shows.
/// Where a record's time is not known before it is read, the age is counted from when the loop saw that something waits, which is never too old.
/// </summary>
public sealed class OldestWaiting(TimeProvider time)
{
    private const long Nobody = 0;

    private long _sinceMs = Nobody;

    /// <summary>The loop has finished all there is.</summary>
    public void None() => Volatile.Write(ref _sinceMs, Nobody);

    /// <summary>Something waits; its time is not known yet.</summary>
    public void Some()
    {
        if (Volatile.Read(ref _sinceMs) == Nobody)
            From(time.GetUtcNow().ToUnixTimeMilliseconds());
    }

    /// <summary>The oldest one was appended then, in milliseconds since 1970.</summary>
    public void From(long appendedMs) => Volatile.Write(ref _sinceMs, appendedMs);

    /// <summary>Zero while nothing waits.</summary>
    public TimeSpan Age
    {
        get
        {
            var since = Volatile.Read(ref _sinceMs);
            if (since == Nobody)
                return TimeSpan.Zero;
            // Producers have clocks of their own.
            var age = time.GetUtcNow() - DateTimeOffset.FromUnixTimeMilliseconds(since);
            return age > TimeSpan.Zero ? age : TimeSpan.Zero;
        }
    }
}

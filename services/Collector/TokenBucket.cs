namespace Tidemark.Collector;

/// <summary>Admits <paramref name="perSecond"/> units a second in the long run and <paramref name="burst"/> at once. Thread safe.</summary>
internal sealed class TokenBucket(double perSecond, double burst, TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly double _burst = burst;
    private double _tokens = burst;
    private long _last = time.GetTimestamp();

    /// <summary>True while there is anything left; the units may overdraw it, which later ones wait for.</summary>
    internal bool TryTake(int units)
    {
        lock (_lock)
        {
            Refill();
            if (_tokens <= 0)
                return false;
            _tokens -= units;
            return true;
        }
    }

    /// <summary>Takes as many of the units as there are.</summary>
    internal int TakeUpTo(int units)
    {
        lock (_lock)
        {
            Refill();
            var taken = (int)Math.Clamp(_tokens, 0, units);
            _tokens -= taken;
            return taken;
        }
    }

    /// <summary>Puts units back, up to the burst.</summary>
    internal void Add(int units)
    {
        lock (_lock)
            _tokens = Math.Min(_burst, _tokens + units);
    }

    private void Refill()
    {
        var now = time.GetTimestamp();
        _tokens = Math.Min(_burst, _tokens + time.GetElapsedTime(_last, now).TotalSeconds * perSecond);
        _last = now;
    }
}

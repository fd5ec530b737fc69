using Tidemark.Aggregator.Plans;
using Tidemark.EventLog;

namespace Tidemark.Aggregator.Loading;

/// <summary>Says how far a partition may be loaded, and which of its records count.</summary>
internal abstract class LoadSource : IDisposable
{
    /// <summary>Waits until there may be something to load from the position on; false when there was nothing in that time.</summary>
    public abstract ValueTask<bool> WaitAsync(long position, TimeSpan wait, CancellationToken cancellation);

    /// <summary>Reads on until the range up to <paramref name="hi"/> is known; for a plan that another loader made.</summary>
    public virtual ValueTask ReachAsync(long hi, CancellationToken cancellation) => ValueTask.CompletedTask;

    /// <summary>Records before this offset may be loaded now.</summary>
    public abstract long Limit { get; }

    /// <summary>About how many records may be loaded now.</summary>
    public virtual long Waiting(long position) => Limit - position;

    /// <summary>Where this source goes on after the range up to <paramref name="hi"/> is loaded.</summary>
    public virtual StatePosition StateAt(long hi) => default;

    /// <summary>Takes the answers of <see cref="Counts"/> back to the beginning of a range.</summary>
    public virtual void Rewind()
    {
    }

    /// <summary>Whether the record at the offset is a row; asked in ascending order.</summary>
    public virtual bool Counts(long offset) => true;

    /// <summary>The range up to here is loaded and will not be asked for again.</summary>
    public virtual void Advance(long hi)
    {
    }

    public virtual void Dispose()
    {
    }
}

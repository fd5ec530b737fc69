using Tidemark.EventLog;
using Tidemark.ServiceDefaults.Partitions;

namespace Tidemark.Aggregator.Loading;

/// <summary>What every owned partition is at; read by the gauges and by the health check.</summary>
internal sealed class LoadStatus(TimeProvider time, IEventLog log) : OwnedPartitions<PartitionLoad>(log, AggregatorService.Group)
{
    /// <summary>Partitions that a reason names before it says how many more there are.</summary>
    private const int Named = 4;

    public static readonly string[] States = ["running", "stopped"];

    private readonly Lock _lock = new();

    public PartitionLoad Enter(TopicPartition partition) => Enter(partition, new PartitionLoad(time));

    /// <summary>
    /// The partition cannot be loaded at the moment. True when that has to be told: a wrong password stops all partitions at once, and one line says it for all of them.
    /// </summary>
    public bool Stop(PartitionLoad load, string reason)
    {
        lock (_lock)
        {
            var told = All.Any(other => other.Value.Stopped == reason);
            load.Stop(reason);
            return !told;
        }
    }

    /// <summary>Why partitions are not loaded, each reason once; empty while all are.</summary>
    public IReadOnlyList<string> Reasons() =>
    [
        .. All.Where(static entry => entry.Value.Stopped is not null).GroupBy(static entry => entry.Value.Stopped)
            .Select(static group => Reason([.. group.Select(static entry => entry.Key).OrderBy(static p => p.Topic, StringComparer.Ordinal).ThenBy(static p => p.Partition)], group.Key!)),
    ];

    private static string Reason(IReadOnlyList<TopicPartition> partitions, string reason)
    {
        var more = partitions.Count > Named ? $" and {partitions.Count - Named} more" : "";
        return $"{string.Join(", ", partitions.Take(Named))}{more} {(partitions.Count == 1 ? "is" : "are")} not loaded: {reason}";
    }
}

/// <summary>What a partition that is loaded is at. One that is stopped is tried again all the time, but somebody has to act.</summary>
internal sealed class PartitionLoad(TimeProvider time) : PartitionStatus(time)
{
    private const int SurelyShorter = 3;

    private readonly TimeProvider _time = time;
    private long _loadedAt = time.GetTimestamp();
    private long _reached;
    private long _stoppedAt;
    private (long Loaded, long End, int Times) _shorter;

    /// <summary>How long nothing was loaded though something waits.</summary>
    public TimeSpan Stalled
    {
        get
        {
            var (waiting, idle) = (Oldest.Age, _time.GetElapsedTime(Volatile.Read(ref _loadedAt)));
            return waiting < idle ? waiting : idle;
        }
    }

    /// <summary>Offset after the last record that is known to be in the tables: what the newest plan there says, and what was acknowledged since. 0 before that is known.</summary>
    public long Reached => Volatile.Read(ref _reached);

    /// <summary>Loading goes on from here.</summary>
    public void Opened(long position)
    {
        Position = position;
        Volatile.Write(ref _reached, position);
    }

    /// <summary>A batch was acknowledged.</summary>
    /// <param name="position">Offset after its last record.</param>
    /// <param name="lag">Records that wait behind it.</param>
    /// <param name="newestMs">When its last record was appended; what is left was appended later.</param>
    public void Loaded(long position, long lag, long newestMs)
    {
        Opened(position);
        End = position + lag;
        Volatile.Write(ref _loadedAt, _time.GetTimestamp());
        // The batch before the one that is refused goes out at each attempt.
        if (position > _stoppedAt)
            GoOn();
        Advanced();
        if (lag == 0)
            Oldest.None();
        else if (newestMs > 0)
            Oldest.From(newestMs);
    }

    /// <summary>Loading failed at the position that it is at.</summary>
    public override void Stop(string reason)
    {
        _stoppedAt = _reached;
        base.Stop(reason);
    }

    /// <summary>The log ended at <paramref name="end"/> though it was loaded up to <paramref name="loaded"/> (as tables number offsets).</summary>
    public void FoundShorter(long loaded, long end) => _shorter = (loaded, end, _shorter.Loaded == loaded ? _shorter.Times + 1 : 1);

    /// <summary>Where the log ended when it was found shorter than that, more often than a broker takes to know its end after a crash; null when it was not.</summary>
    public long? ShorterEnd(long loaded) => _shorter.Loaded == loaded && _shorter.Times >= SurelyShorter ? _shorter.End : null;

    /// <summary>What the reader knows while nothing is being loaded.</summary>
    public void Waits(long lag) => At(Position, Position + Math.Max(0, lag));
}

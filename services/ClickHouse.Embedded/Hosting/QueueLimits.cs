namespace Tidemark.ClickHouse.Embedded.Hosting;

/// <summary>How many queries of one kind run and wait.</summary>
internal sealed record QueueLimits
{
    /// <summary>Queries that have a turn side by side.</summary>
    public required int Turns { get; init; }

    /// <summary>Further ones that may run on after their turn has ended; 0: a query keeps its turn until it ends.</summary>
    public int LongQueries { get; init; }

    /// <summary>Queries that wait; one more is refused.</summary>
    public required int Waiting { get; init; }

    /// <summary>A query that runs for longer gives its turn to one that waits. Dashboards' queries end sooner.</summary>
    public TimeSpan TurnTime { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Once as many long queries run as may, a further one is stopped after this, if others wait for as long.</summary>
    public TimeSpan StopAfter { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>A query that waited for longer is refused.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>A query that runs for longer is stopped, and its connection given up when that does not help; null: none is.</summary>
    public TimeSpan? MaxTime { get; init; }
}

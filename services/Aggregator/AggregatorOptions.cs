using System.ComponentModel.DataAnnotations;

namespace Tidemark.Aggregator;

/// <summary>Settings of the aggregator. Checked as a whole by <see cref="AggregatorOptionsCheck"/> before it starts.</summary>
public sealed record AggregatorOptions
{
    /// <summary>ClickHouse's HTTP interface. Default: http://127.0.0.1:8123/.</summary>
    public Uri ClickHouseUrl { get; init; } = new("http://127.0.0.1:8123/");

    /// <summary>User that may create tables and insert. Default: default.</summary>
    public string User { get; init; } = "default";

    /// <summary>Password of that user; empty for none. Default: empty.</summary>
    [DataType(DataType.Password)]
    public string Password { get; init; } = "";

    /// <summary>Database of the pipeline; made when it is not there. Letters, digits and underscores. Default: tidemark.</summary>
    public string Database { get; init; } = "tidemark";

    /// <summary>How long one request may take before it is given up and sent again. At least 1 s. Default: 5 minutes.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Least time between two batches of a partition while little is waiting; it decides how soon an event can be queried. 10 ms to 1 min. Default: 1 s: each batch costs the engine some 40 ms of one core, merges included, however small it is, and there are several topics of several partitions.</summary>
    public TimeSpan SmallInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Longest time between two batches, reached while records come in fast: larger batches cost the engine less per row. When nothing more comes it is not waited for. At least <see cref="SmallInterval"/>. Default: 3 s.</summary>
    public TimeSpan LargeInterval { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>So many waiting records lengthen the time between two batches by one second. Default: 5,000.</summary>
    public int LargeRows { get; init; } = 5_000;

    /// <summary>So many waiting records are a batch at once. Default: 50,000.</summary>
    public int FullRows { get; init; } = 50_000;

    /// <summary>Most rows of a batch. A block of more than 1,048,449 rows would be split by the engine and could no longer be sent again safely. Default: 250,000.</summary>
    public int MaxBatchRows { get; init; } = 250_000;

    /// <summary>Most bytes of records in a batch, except that one record always fits; bounds the memory of a block. 64 KiB to 256 MB. Default: 32 MB.</summary>
    public long MaxBatchBytes { get; init; } = 32_000_000;

    /// <summary>Batches built and sent at the same time per lane: these times 2 blocks are in memory at most. 1 to 16. Default: 2.</summary>
    public int ParallelInserts { get; init; } = 2;

    /// <summary>
    /// Ids of topics that were deleted, made anew and are to be loaded from their start, beside the rows of the topics before them. The loader's message names the id. An id is a topic's own,
    /// so one that stays here does no harm. Default: none.
    /// </summary>
    public IReadOnlyList<string> BeginAnew { get; init; } = [];

    /// <summary>How long a stop waits for the inserts that are under way; what is not finished is sent again at the next start. Default: 4 s.</summary>
    public TimeSpan StopTimeout { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>Every mistake in these settings; empty when they are right.</summary>
    public IReadOnlyList<string> Mistakes() => [.. AggregatorOptionsCheck.Mistakes(this)];
}

using System.ComponentModel.DataAnnotations;

namespace Tidemark.Aggregator;

/// <summary>Settings of the aggregator; checked at start, all mistakes together.</summary>
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
    public IReadOnlyList<string> Mistakes()
    {
        var mistakes = new List<string>();
        void Check(bool right, string mistake)
        {
            if (!right)
                mistakes.Add(mistake);
        }

        Check(ClickHouseUrl.IsAbsoluteUri && ClickHouseUrl.Scheme is "http" or "https", $"{nameof(ClickHouseUrl)} must be an http or https address");
        // It is logged and can be read in lists of processes; and what follows the host would be passed over.
        Check(ClickHouseUrl.UserInfo.Length == 0, $"{nameof(ClickHouseUrl)} has a user or password in it: they are options of their own, {nameof(User)} and {nameof(Password)} (or {nameof(Password)}File)");
        Check(ClickHouseUrl.PathAndQuery == "/" && ClickHouseUrl.Fragment.Length == 0, $"{nameof(ClickHouseUrl)} must end with the host and the port, such as http://127.0.0.1:8123; the database is the option {nameof(Database)}");
        Check(User.Length > 0, $"{nameof(User)} must not be empty");
        Check(Database.Length is > 0 and <= 64 && Database.All(c => char.IsAsciiLetterOrDigit(c) || c == '_'), $"{nameof(Database)} may have letters, digits and underscores, 1 to 64 of them");
        Check(RequestTimeout >= TimeSpan.FromSeconds(1), $"{nameof(RequestTimeout)} must be at least 1 s");
        Check(SmallInterval >= TimeSpan.FromMilliseconds(10) && SmallInterval <= TimeSpan.FromMinutes(1), $"{nameof(SmallInterval)} must be 10 ms to 1 min");
        Check(LargeInterval >= SmallInterval && LargeInterval <= TimeSpan.FromMinutes(1), $"{nameof(LargeInterval)} must be from {nameof(SmallInterval)} to 1 min");
        Check(LargeRows >= 1, $"{nameof(LargeRows)} must be at least 1");
        Check(FullRows >= 1, $"{nameof(FullRows)} must be at least 1");
        Check(MaxBatchRows is >= 1 and <= 1_000_000, $"{nameof(MaxBatchRows)} must be 1 to 1,000,000");
        Check(MaxBatchBytes is >= 65_536 and <= 256_000_000, $"{nameof(MaxBatchBytes)} must be 65,536 to 256,000,000");
        Check(ParallelInserts is >= 1 and <= 16, $"{nameof(ParallelInserts)} must be 1 to 16");
        Check(StopTimeout >= TimeSpan.Zero && StopTimeout <= TimeSpan.FromMinutes(1), $"{nameof(StopTimeout)} must be 0 to 1 min");
        return mistakes;
    }
}
